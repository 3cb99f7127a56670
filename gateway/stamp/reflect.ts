import {
  encodeReflectorPacket,
  parseSenderPacket,
  STAMP_BASE_BYTES,
  senderCopy,
  unknownClock,
} from '../../contract/stamp/packet.ts';
import { markTlvs } from './tlv.ts';

/** What a program sees of a packet's TTL: nothing. RFC 5357 §4.2 has 255 stand for that. */
const TTL_UNKNOWN = 255;

/**
 * The answer to a test packet (RFC 8762 §4.3, a stateless reflector): as long as the packet itself, with the sender's number, time, error estimate
 * and session identifier, and its TLVs, or the padding of a TWAMP Light sender, behind them.
 * @param request at least `STAMP_BASE_BYTES` octets
 * @param receivedMs when it came, ms since 1970
 * @param now the same clock, asked as late as can be
 * @throws CampusError `parse_failed` when the request is too short
 */
export function reflect(request: Uint8Array, receivedMs: number, now: () => number): Uint8Array {
  const { ssid, ...sender } = parseSenderPacket(request);
  const reply = Uint8Array.from(request);
  markTlvs(reply.subarray(STAMP_BASE_BYTES));
  const { sequence } = sender;
  const answer = { sequence, ssid, sender, receivedMs, errorEstimate: unknownClock, senderTtl: TTL_UNKNOWN };
  reply.set(encodeReflectorPacket({ ...answer, timestampMs: now() }));
  // As it came, for a time has more digits in the packet than in a number here.
  reply.set(request.subarray(0, senderCopy.bytes), senderCopy.at);
  return reply;
}
