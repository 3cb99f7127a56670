import { setTimeout as delay } from 'node:timers/promises';
import type { Host } from '../../host/host.ts';

/** How packets of one cycle follow one another. */
export interface Schedule {
  packets: number;
  intervalMs: number;
}

/** A packet that has not come back within this time is lost: on the way to another continent it takes a third of it. */
export const REPLY_WAIT_MS = 1000;

/** A cycle's packets are under way for this long at most: with the wait for the last answer it stays below what the runner grants. */
export const SENDING_MAX_MS = 5000;

/**
 * Calls `send` for each packet at its time. A late timer delays its own packet and none after it.
 * @throws AbortError when the signal is given
 */
export async function sendInTime(
  host: Host,
  { packets, intervalMs }: Schedule,
  { send, signal }: { send: (sequence: number) => void; signal: AbortSignal },
): Promise<void> {
  const start = host.monotonicMs();
  for (let sequence = 0; sequence < packets; sequence++) {
    const wait = start + sequence * intervalMs - host.monotonicMs();
    if (wait > 0) await delay(wait, undefined, { signal });
    send(sequence);
  }
}
