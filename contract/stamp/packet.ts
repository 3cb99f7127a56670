import { CampusError } from '../errors.ts';
import { encodeTimestamp, parseTimestamp, type TimestampFormat } from './timestamp.ts';

/** Octets of a test packet in unauthenticated mode, in both directions, before its TLVs (RFC 8762 §4.2.1 and §4.3.1). */
export const STAMP_BASE_BYTES = 44;

/** How good a clock is (RFC 4656 §4.1.2, with the Z bit of RFC 8186): the error is multiplier × 2^(scale − 32) seconds. */
export interface ErrorEstimate {
  /** S: the clock is set by an external source. */
  synchronised: boolean;
  /** Z: the format of the timestamps that its sender has written. */
  format: TimestampFormat;
  /** 0 to 63. */
  scale: number;
  /** 1 to 255; 0 in a packet means that its sender does not say. */
  multiplier: number;
}

/** A clock that nobody vouches for, read by a program that may be held up: some 1 ms. */
export const unknownClock: ErrorEstimate = { synchronised: false, format: 'ntp', scale: 22, multiplier: 1 };

/** What a Session-Sender sends. Times are milliseconds since 1970. */
export interface SenderPacket {
  sequence: number;
  timestampMs: number;
  errorEstimate: ErrorEstimate;
  /** STAMP Session Identifier (RFC 8972 §3); 0 from senders that have none. */
  ssid: number;
}

/** What a Session-Reflector answers: its own sequence and times, and a copy of what came. */
export interface ReflectorPacket extends SenderPacket {
  /** When the sender's packet came, in the format of `errorEstimate`. */
  receivedMs: number;
  sender: Omit<SenderPacket, 'ssid'>;
  /** TTL or hop limit with which the sender's packet came; 255 where the reflector cannot see it (RFC 5357 §4.2). */
  senderTtl: number;
}

/** Where fields begin; `sender` repeats the first three of the sender's packet. */
const at = { sequence: 0, timestamp: 4, errorEstimate: 12, ssid: 14, received: 16, sender: 24, senderTtl: 40 } as const;

/** What a reflector copies as it came: number, time and error estimate of the sender, and where they go. */
export const senderCopy = { bytes: at.ssid, at: at.sender } as const;

/** A test packet of `STAMP_BASE_BYTES`. */
export function encodeSenderPacket({ sequence, timestampMs, errorEstimate, ssid }: SenderPacket): Uint8Array {
  const bytes = new Uint8Array(STAMP_BASE_BYTES);
  const view = viewOf(bytes);
  view.setUint32(at.sequence, sequence);
  encodeTimestamp(view, at.timestamp, timestampMs, errorEstimate.format);
  view.setUint16(at.errorEstimate, encodeErrorEstimate(errorEstimate));
  view.setUint16(at.ssid, ssid);
  return bytes;
}

/**
 * Reads a sender's packet; what follows its base, be it TLVs or the padding of a TWAMP Light sender, is left aside.
 * @throws CampusError `parse_failed` when it is too short
 */
export function parseSenderPacket(bytes: Uint8Array): SenderPacket {
  const view = baseOf(bytes);
  return { ...parseStamp(view, 0), ssid: view.getUint16(at.ssid) };
}

/** A reflected packet of `STAMP_BASE_BYTES`; the sender's timestamp goes back in the sender's own format. */
export function encodeReflectorPacket(packet: ReflectorPacket): Uint8Array {
  const bytes = encodeSenderPacket(packet);
  const view = viewOf(bytes);
  encodeTimestamp(view, at.received, packet.receivedMs, packet.errorEstimate.format);
  bytes.set(encodeSenderPacket({ ...packet.sender, ssid: 0 }).subarray(0, at.ssid), at.sender);
  view.setUint8(at.senderTtl, packet.senderTtl);
  return bytes;
}

/**
 * Reads a reflected packet, as `encodeReflectorPacket` makes it.
 * @throws CampusError `parse_failed` when it is too short
 */
export function parseReflectorPacket(bytes: Uint8Array): ReflectorPacket {
  const view = baseOf(bytes);
  const stamp = parseStamp(view, 0);
  return {
    ...stamp,
    ssid: view.getUint16(at.ssid),
    receivedMs: parseTimestamp(view, at.received, stamp.errorEstimate.format),
    sender: parseStamp(view, at.sender),
    senderTtl: view.getUint8(at.senderTtl),
  };
}

/** Sequence number, time and error estimate, which stand one after another for whoever wrote them. */
function parseStamp(view: DataView, offset: number): Omit<SenderPacket, 'ssid'> {
  const errorEstimate = parseErrorEstimate(view.getUint16(offset + at.errorEstimate));
  return {
    sequence: view.getUint32(offset + at.sequence),
    timestampMs: parseTimestamp(view, offset + at.timestamp, errorEstimate.format),
    errorEstimate,
  };
}

function encodeErrorEstimate({ synchronised, format, scale, multiplier }: ErrorEstimate): number {
  return (synchronised ? 0x8000 : 0) | (format === 'ptp' ? 0x4000 : 0) | ((scale & 0x3f) << 8) | (multiplier & 0xff);
}

function parseErrorEstimate(bits: number): ErrorEstimate {
  return {
    synchronised: (bits & 0x8000) !== 0,
    format: (bits & 0x4000) === 0 ? 'ntp' : 'ptp',
    scale: (bits >> 8) & 0x3f,
    multiplier: bits & 0xff,
  };
}

function baseOf(bytes: Uint8Array): DataView {
  if (bytes.length >= STAMP_BASE_BYTES) return viewOf(bytes);
  throw new CampusError(
    'parse_failed',
    `STAMP packet: expected at least ${STAMP_BASE_BYTES} octets, got ${bytes.length}`,
  );
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
