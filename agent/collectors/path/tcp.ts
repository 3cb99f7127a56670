import { setTimeout as delay } from 'node:timers/promises';
import type { Host } from '../../host/host.ts';
import { type Schedule, sendInTime } from './schedule.ts';
import type { Reply, Run } from './statistics.ts';

/** The kernel sends a SYN again after 1 s (RFC 6298 §2): whatever is not there before is a packet that was lost. */
const HANDSHAKE_TIMEOUT_MS = 950;

/** A handshake costs its server memory and a line in its log. */
const HANDSHAKES_MAX = 10;
const INTERVAL_MIN_MS = 200;

/** Measures a path by TCP handshakes, each closed as soon as it is made; a refusal is an answer, too. */
export async function probeTcp(
  host: Host,
  target: { address: string; port: number },
  { schedule, signal }: { schedule: Schedule; signal: AbortSignal },
): Promise<Run> {
  const packets = Math.min(schedule.packets, HANDSHAKES_MAX);
  const replies: Reply[] = [];
  const attempts: Promise<void>[] = [];
  const attempt = async (sequence: number): Promise<void> => {
    const start = host.monotonicMs();
    const outcome = await host.connect({ ...target, timeoutMs: HANDSHAKE_TIMEOUT_MS });
    if (outcome !== 'failed') replies.push({ sequence, rttMs: host.monotonicMs() - start });
  };
  const intervalMs = Math.max(schedule.intervalMs, INTERVAL_MIN_MS);
  await sendInTime(host, { packets, intervalMs }, { signal, send: (sequence) => attempts.push(attempt(sequence)) });
  await Promise.race([Promise.all(attempts), delay(2 * HANDSHAKE_TIMEOUT_MS, undefined, { signal })]);
  return { sent: packets, replies };
}
