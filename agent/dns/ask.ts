import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Host, UdpExchange } from '../host/host.ts';
import { type DnsAnswer, encodeQuestion, parseDnsAnswer, type Question } from './message.ts';

const DNS_PORT = 53;
const ID_END = 0x10000;

/** What became of one question to one server. */
export type Asked =
  | ({ outcome: 'answered'; answerMs: number } & DnsAnswer)
  /** Nothing came in time. */
  | { outcome: 'silent' }
  /** There is no way to the server. */
  | { outcome: 'unsendable'; error: string };

/**
 * Asks one name server one question by UDP, once (RFC 1035 §4.2.1). The socket's port is the kernel's choice and the number is random, so that
 * nobody who does not see the question can answer it.
 * @param address IPv6 possibly with a zone
 * @throws AbortError when the signal is given
 */
export async function askServer(
  host: Host,
  address: string,
  { question, timeoutMs, signal }: { question: Question; timeoutMs: number; signal: AbortSignal },
): Promise<Asked> {
  signal.throwIfAborted();
  const id = randomInt(ID_END);
  const answered = Promise.withResolvers<Asked>();
  let sentAt = 0;
  const exchange = await open(host, address, (message, at) => {
    const answer = parseDnsAnswer(message, id, question);
    if (answer !== undefined) answered.resolve({ outcome: 'answered', answerMs: at - sentAt, ...answer });
  });
  if ('error' in exchange) return { outcome: 'unsendable', error: exchange.error };
  const settled = new AbortController();
  const late = delay<Asked>(timeoutMs, { outcome: 'silent' }, { signal: AbortSignal.any([signal, settled.signal]) });
  try {
    sentAt = host.monotonicMs();
    exchange.send(encodeQuestion(id, question));
    return await Promise.race([answered.promise, late]);
  } finally {
    // Whoever lost the race is waited for by nobody.
    late.catch(() => {});
    settled.abort();
    exchange.close();
  }
}

async function open(
  host: Host,
  address: string,
  onMessage: (message: Uint8Array, at: number) => void,
): Promise<UdpExchange | { error: string }> {
  try {
    return await host.openUdp({ address, port: DNS_PORT, onMessage });
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
