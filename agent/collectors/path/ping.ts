import type { Host } from '../../host/host.ts';
import { parseFailure } from '../../parse-failure.ts';
import { REPLY_WAIT_MS, type Schedule, SENDING_MAX_MS } from './schedule.ts';
import type { Reply, Run } from './statistics.ts';

/** What an ordinary user may ask of ping (ping(8), `-i`), in all its versions. */
const INTERVAL_MIN_MS = 200;
/** Some 70 bytes a line, of answers that come twice at most. */
const OUTPUT_MAX_BYTES = 64 * 1024;
/** ping(8): nothing was received, or less than was asked for. */
const NO_ANSWER = 1;

const PACKETS_MAX = Math.floor(SENDING_MAX_MS / INTERVAL_MIN_MS);

/**
 * Measures a path by the system's `ping`: one process a cycle, which ends by itself.
 * @returns undefined where there is no `ping`
 * @throws Error with what `ping` said when it could not send
 */
export async function probePing(
  host: Host,
  { address }: { address: string },
  { schedule, signal }: { schedule: Schedule; signal: AbortSignal },
): Promise<Run | undefined> {
  const packets = Math.min(schedule.packets, PACKETS_MAX);
  const intervalMs = Math.max(INTERVAL_MIN_MS, Math.min(schedule.intervalMs, SENDING_MAX_MS / packets));
  const args = ['-n', '-c', `${packets}`, '-i', `${intervalMs / 1000}`, '-W', `${REPLY_WAIT_MS / 1000}`, address];
  const output = await host.run('ping', args, {
    signal,
    timeoutMs: SENDING_MAX_MS + 2 * REPLY_WAIT_MS,
    maxBytes: OUTPUT_MAX_BYTES,
    exitCodes: [NO_ANSWER],
  });
  return output === undefined ? undefined : parsePing(output);
}

/**
 * Parses what `ping -n` of iputils prints in the C locale, and BusyBox's:
 *
 *     64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time=40.1 ms
 *     64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time=40.3 ms (DUP!)
 *     From 192.0.2.9 icmp_seq=2 Destination Host Unreachable
 *     20 packets transmitted, 18 received, +1 duplicates, 10% packet loss, time 3810ms
 *
 *     64 bytes from fe80::1%eth0: seq=0 ttl=64 time=1.195 ms
 *     3 packets transmitted, 3 packets received, 0% packet loss
 *
 * What ICMP says of a packet that did not arrive (`From …`) is no answer of the target.
 * @throws CampusError `parse_failed`
 */
export function parsePing(text: string): Run {
  const lines = text.split('\n');
  const replies = lines.flatMap((line, index): Reply[] => {
    if (!/^\d+ bytes from /.test(line)) return [];
    const match = / (?:icmp_)?seq=(\d+) .*\btime[=<](\d+(?:\.\d+)?) ms/.exec(line);
    if (match === null) throw parseFailure({ source: 'ping', line: index + 1 }, 'seq, ttl and time of an answer', line);
    return [{ sequence: Number(match[1]), rttMs: Number(match[2]) }];
  });
  const summary = lines
    .map((line) => /^(\d+) packets transmitted, /.exec(line)?.[1])
    .find((sent) => sent !== undefined);
  if (summary === undefined) {
    throw parseFailure({ source: 'ping', line: lines.length }, 'a count of packets transmitted', lines.at(-1));
  }
  return { sent: Number(summary), replies };
}
