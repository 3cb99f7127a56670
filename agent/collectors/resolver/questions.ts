import { BlockList } from 'node:net';
import type { Asked } from '../../dns/ask.ts';
import type { Question } from '../../dns/message.ts';
import { parseNetwork, type ResolverQuery } from './resolver-config.ts';

/** A question with what its answer may be. */
export interface ExpectedQuestion extends Question {
  /** Networks and addresses of the question's family, one of which every answer lies in; empty when any answer will do. */
  expect: readonly string[];
}

/** Asked where no name is configured: every resolver knows the servers of the root, and learns nothing of the school by the question. */
export const rootQuestion: ExpectedQuestion = { name: '.', type: 'NS', expect: [] };

/** The questions of the configured names: their IPv4 and IPv6 addresses. */
export function questionsOf(queries: readonly ResolverQuery[]): ExpectedQuestion[] {
  if (queries.length === 0) return [rootQuestion];
  return queries.flatMap(({ name, expect }) => {
    const of = (family: 'ipv4' | 'ipv6'): string[] => expect.filter((text) => parseNetwork(text)?.family === family);
    return [
      { name, type: 'A' as const, expect: of('ipv4') },
      { name, type: 'AAAA' as const, expect: of('ipv6') },
    ];
  });
}

/** True when an answer leads elsewhere than it may, or nowhere though it should: what a forged answer, or a filter, looks like. */
export function isWrong({ type, expect }: ExpectedQuestion, asked: Asked): boolean {
  if (asked.outcome !== 'answered' || expect.length === 0) return false;
  if (asked.rcode !== 'NOERROR' && asked.rcode !== 'NXDOMAIN') return false;
  const allowed = new BlockList();
  for (const text of expect) {
    const network = parseNetwork(text);
    if (network !== undefined) allowed.addSubnet(network.address, network.prefixLength, network.family);
  }
  const family = type === 'AAAA' ? 'ipv6' : 'ipv4';
  return asked.records.length === 0 || !asked.records.every((address) => allowed.check(address, family));
}

/**
 * True when a server has not done its work: no answer, or one that it could not find. Of the root's question a refusal is an answer, too:
 * some forwarders take none that is not for a host.
 */
export function hasFailed({ name }: Question, asked: Asked): boolean {
  if (asked.outcome !== 'answered') return true;
  return name === '.' ? asked.rcode === 'SERVFAIL' : asked.rcode !== 'NOERROR';
}
