import { STAMP_BASE_BYTES } from '../../contract/stamp/packet.ts';

/** What senders may take of the reflector, each bound with its reason. */
export const stampLimits = {
  /** The base of a test packet. An answer has at least as many octets, and never more than what it answers: shorter ones get none. */
  packetBytesMin: STAMP_BASE_BYTES,
  /** One Ethernet frame: what is larger came in fragments, and would go back in as many. */
  packetBytesMax: 1500,
  /**
   * Ports below this are those of services (RFC 6335 §6). Nobody measures from there, but an echo service, or another reflector, whose address
   * somebody forged, would be answered by us and we by it without end.
   */
  sourcePortMin: 1024,
  /** Packets of one address: an agent sends 20 a second for a second, at most 100 a second for 2.5 s, and some computers may share an address. */
  perSource: { perSecond: 100, burst: 500 },
  /** Packets in all: 200 agents at once, at their usual 20 a second. Some 20 µs each, a tenth of a core of a Pi. */
  total: { perSecond: 4000, burst: 4000 },
  /** Addresses remembered; the one that was heard longest ago is forgotten first. Its bucket was full again after 5 s. */
  sources: 4096,
  /** How often the networks of this machine are looked up, and how often the main thread is told what was counted, ms. */
  networksMs: 60_000,
  /** They are looked up this soon again, ms, when a stranger asks: some 100 µs, which nobody may have us spend for each packet. */
  networksAgainMs: 1000,
  reportMs: 1000,
} as const;
