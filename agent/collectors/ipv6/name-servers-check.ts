import { ipv6Dns } from '../../../contract/measurements/ipv6-dns.ts';
import type { CollectedMetric, Reading } from '../../collector.ts';
import { type Asked, askServer } from '../../dns/ask.ts';
import type { Host } from '../../host/host.ts';
import { IPV4_ONLY, nat64Prefixes } from './nat64.ts';
import { isLoopback, type NameServer } from './resolv-conf.ts';

/** The resolver asks no more (resolv.conf(5), MAXNS). */
const SERVERS_MAX = 3;
/** Name servers on the campus answer within milliseconds, those of a provider within some tens. */
const ANSWER_WAIT_MS = 1500;
/** A datagram may be lost. */
const TRIES = 2;

/**
 * Asks the name servers of the machine, each by the family of its address, for the addresses of ipv4only.arpa (RFC 7050 §3).
 * @throws AbortError when the signal is given
 */
export async function checkNameServers(
  host: Host,
  servers: readonly NameServer[],
  signal: AbortSignal,
): Promise<CollectedMetric[]> {
  const asked = servers.filter((server) => !isLoopback(server)).slice(0, SERVERS_MAX);
  return Promise.all(asked.map((server) => check(host, server, signal)));
}

async function check(host: Host, { address, family }: NameServer, signal: AbortSignal): Promise<CollectedMetric> {
  const fields = fieldsOf(await ask(host, address, signal));
  return { name: ipv6Dns.name, tags: { server: address, family: family === 4 ? 'ipv4' : 'ipv6' }, fields };
}

async function ask(host: Host, address: string, signal: AbortSignal): Promise<Asked> {
  const how = { question: { name: IPV4_ONLY, type: 'AAAA' }, timeoutMs: ANSWER_WAIT_MS, signal } as const;
  let asked = await askServer(host, address, how);
  for (let tries = 1; tries < TRIES && asked.outcome === 'silent'; tries++) asked = await askServer(host, address, how);
  return asked;
}

function fieldsOf(asked: Asked): Reading<typeof ipv6Dns> {
  if (asked.outcome === 'unsendable') return { answered: false, error: asked.error };
  if (asked.outcome === 'silent') return { answered: false };
  const { rcode, answerMs, records } = asked;
  const answer = { answered: true, rcode, answer_ms: Math.round(answerMs * 1000) / 1000 };
  // A server that does not know the name at all has not said what it would make of an IPv4 address.
  if (rcode !== 'NOERROR') return answer;
  const prefixes = nat64Prefixes(records);
  return { ...answer, dns64: prefixes.length > 0, nat64_prefixes: JSON.stringify(prefixes) };
}
