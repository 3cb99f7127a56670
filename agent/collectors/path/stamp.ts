import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  encodeSenderPacket,
  parseReflectorPacket,
  parseSenderPacket,
  type ReflectorPacket,
  STAMP_BASE_BYTES,
  unknownClock,
} from '../../../contract/stamp/packet.ts';
import type { Host } from '../../host/host.ts';
import { REPLY_WAIT_MS, type Schedule, sendInTime } from './schedule.ts';
import type { Reply, Run } from './statistics.ts';

/** Answers kept for each packet: a network that doubles packets does it once or twice, and whoever sends more has none of our memory. */
const COPIES_MAX = 4;

/** A packet that is under way: when it was sent, by the monotonic clock and as the packet itself tells. */
interface Sent {
  at: number;
  timestampMs: number;
}

/**
 * Measures a path with a Session-Reflector at its end (RFC 8762, unauthenticated mode): one session of numbered packets. Times are of the
 * monotonic clock, set to the wall clock once, so that a step of the latter disturbs nothing.
 */
export async function probeStamp(
  host: Host,
  target: { address: string; port: number },
  { schedule, signal }: { schedule: Schedule; signal: AbortSignal },
): Promise<Run> {
  const ssid = randomInt(1, 0x10000);
  const wallMs = host.now() - host.monotonicMs();
  const sent = new Map<number, Sent>();
  const replies: Reply[] = [];
  const answered = new Set<number>();
  const complete = Promise.withResolvers<void>();
  const exchange = await host.openUdp({
    ...target,
    onMessage: (message, at) => {
      const packet = parseReply(message);
      if (packet === undefined || !isOfSession(packet, ssid) || replies.length >= COPIES_MAX * schedule.packets) return;
      const request = sent.get(packet.sender.sequence);
      if (request === undefined || request.timestampMs !== packet.sender.timestampMs) return;
      replies.push(toReply(packet, request, { at, wallMs }));
      answered.add(packet.sender.sequence);
      if (answered.size === schedule.packets) complete.resolve();
    },
  });
  try {
    await sendInTime(host, schedule, {
      signal,
      send: (sequence) => {
        const at = host.monotonicMs();
        const packet = encodeSenderPacket({ sequence, timestampMs: at + wallMs, errorEstimate: unknownClock, ssid });
        exchange.send(packet);
        // What a reflector copies has the precision of the packet, and not that of this clock.
        sent.set(sequence, { at, timestampMs: parseSenderPacket(packet).timestampMs });
      },
    });
    await Promise.race([complete.promise, delay(REPLY_WAIT_MS, undefined, { signal })]);
  } finally {
    exchange.close();
  }
  return { sent: schedule.packets, replies };
}

/** Anybody may send a datagram: what is no STAMP packet is none of ours. */
function parseReply(message: Uint8Array): ReflectorPacket | undefined {
  return message.length < STAMP_BASE_BYTES ? undefined : parseReflectorPacket(message);
}

/** A reflector that does not know session identifiers leaves theirs zero (RFC 8972 §3). */
function isOfSession({ ssid }: ReflectorPacket, own: number): boolean {
  return ssid === own || ssid === 0;
}

/** A reflector that says it took longer than all of it, or less than nothing, is not believed: the round trip then includes its time. */
function toReply(packet: ReflectorPacket, { at: sentAt }: Sent, { at, wallMs }: { at: number; wallMs: number }): Reply {
  const totalMs = at - sentAt;
  const reflectorMs = packet.timestampMs - packet.receivedMs;
  const sequence = packet.sender.sequence;
  if (reflectorMs < 0 || reflectorMs > totalMs) return { sequence, rttMs: totalMs };
  return {
    sequence,
    rttMs: totalMs - reflectorMs,
    forwardMs: packet.receivedMs - (sentAt + wallMs),
    backwardMs: at + wallMs - packet.timestampMs,
  };
}
