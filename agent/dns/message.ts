import { isIP } from 'node:net';
import { type Answer, type DecodedPacket, decode, encode, RECURSION_DESIRED } from 'dns-packet';

/** Types of records that are asked for. */
export type RecordType = 'A' | 'AAAA' | 'NS';

export interface Question {
  /** Without a dot at its end; `.` for the root. */
  name: string;
  type: RecordType;
}

/** What a name server said. */
export interface DnsAnswer {
  /** `NOERROR`, `NXDOMAIN`, `SERVFAIL` … (RFC 1035 §4.1.1). */
  rcode: string;
  /** The addresses or names of the type that was asked for. */
  records: string[];
}

/** What fits into a datagram that no network has to break up (RFC 9715 §3.1). */
const UDP_PAYLOAD_BYTES = 1232;
/** Records of an answer that are kept: a name with more addresses has them in turn. */
const RECORDS_MAX = 32;

const rcodes = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'] as const;

/** Encodes a question that asks for recursion, with EDNS(0) (RFC 6891). @param id 0 to 65535 */
export function encodeQuestion(id: number, { name, type }: Question): Uint8Array {
  const options = { extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false, options: [] };
  return encode({
    type: 'query',
    id,
    flags: RECURSION_DESIRED,
    questions: [{ name, type }],
    additionals: [{ type: 'OPT', name: '.', udpPayloadSize: UDP_PAYLOAD_BYTES, ...options }],
  });
}

/**
 * Parses the answer to a question (RFC 1035 §4.1).
 * @returns undefined for whatever does not answer this very question (RFC 5452 §9.1), or is no DNS message
 */
export function parseDnsAnswer(message: Uint8Array, id: number, question: Question): DnsAnswer | undefined {
  const packet = decoded(message);
  if (packet === undefined || !packet.flag_qr || packet.id !== id) return undefined;
  const [asked] = packet.questions ?? [];
  if (asked === undefined || asked.type !== question.type || !isSameName(asked.name, question.name)) return undefined;
  const code = (packet.flags ?? 0) & 0xf;
  const records = (packet.answers ?? []).flatMap((answer) => recordOf(answer, question.type));
  // The library reads addresses beyond the end of a message, too.
  if (!records.every((record) => isOfType(record, question.type))) return undefined;
  return { rcode: rcodes[code] ?? `RCODE${code}`, records: records.slice(0, RECORDS_MAX) };
}

/** The library throws for anything that is cut off or makes no sense; anybody may send a datagram. */
function decoded(message: Uint8Array): DecodedPacket | undefined {
  try {
    return decode(Buffer.from(message));
  } catch {
    return undefined;
  }
}

function recordOf(answer: Answer, type: RecordType): string[] {
  return answer.type === type && 'data' in answer && typeof answer.data === 'string' ? [answer.data] : [];
}

function isOfType(record: string, type: RecordType): boolean {
  return type === 'NS' || isIP(record) === (type === 'A' ? 4 : 6);
}

/** Names are compared without regard to case (RFC 4343). */
function isSameName(one: string, other: string): boolean {
  const plain = (name: string): string => name.toLowerCase().replace(/\.$/, '');
  return plain(one) === plain(other);
}
