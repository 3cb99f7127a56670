/**
 * The few packets of MQTT 3.1.1 that a load generator needs, encoded and decoded without a library: what the generator spends is
 * taken from the product that runs on the same cores.
 */

const CONNECT = 0x10;
const PUBLISH_QOS_1 = 0x32;
const SUBSCRIBE = 0x82;

/** §3.1.2.3, connect flags. */
const CLEAN_SESSION = 0x02;
const HAS_PASSWORD = 0x40;
const HAS_USERNAME = 0x80;

export const PINGREQ = Buffer.from([0xc0, 0]);
export const DISCONNECT = Buffer.from([0xe0, 0]);

export interface ConnectInput {
  clientId: string;
  username?: string;
  password?: string;
  keepAliveSeconds: number;
}

/** CONNECT (§3.1) with a clean session and no will. */
export function encodeConnect({ clientId, username, password, keepAliveSeconds }: ConnectInput): Buffer {
  const credentials = [username, password].filter((part) => part !== undefined).map(encodeString);
  const flags =
    CLEAN_SESSION | (username === undefined ? 0 : HAS_USERNAME) | (password === undefined ? 0 : HAS_PASSWORD);
  const level = Buffer.from([4, flags, keepAliveSeconds >> 8, keepAliveSeconds & 255]);
  return withHeader(CONNECT, Buffer.concat([encodeString('MQTT'), level, encodeString(clientId), ...credentials]));
}

/** SUBSCRIBE (§3.8) to one filter with QoS 1. */
export function encodeSubscribe(filter: string, packetId: number): Buffer {
  const id = Buffer.from([packetId >> 8, packetId & 255]);
  return withHeader(SUBSCRIBE, Buffer.concat([id, encodeString(filter), Buffer.from([1])]));
}

/** PUBACK (§3.4). */
export function encodePuback(packetId: number): Buffer {
  return Buffer.from([0x40, 2, packetId >> 8, packetId & 255]);
}

/** PUBLISH (§3.3) with QoS 1. Topic and payload must be ASCII. */
export function encodePublish(topic: string, payload: string, packetId: number): Buffer {
  const length = 2 + topic.length + 2 + payload.length;
  const packet = Buffer.allocUnsafe(1 + lengthBytes(length) + length);
  packet[0] = PUBLISH_QOS_1;
  let offset = writeLength(packet, 1, length);
  offset = packet.writeUInt16BE(topic.length, offset);
  offset += packet.write(topic, offset, 'latin1');
  offset = packet.writeUInt16BE(packetId, offset);
  packet.write(payload, offset, 'latin1');
  return packet;
}

/** Calls back with each whole packet of a stream of bytes: its first byte and what follows its length (§2.2). */
export class PacketReader {
  readonly #onPacket: (head: number, body: Buffer) => void;
  #rest: Buffer | undefined;

  constructor(onPacket: (head: number, body: Buffer) => void) {
    this.#onPacket = onPacket;
  }

  feed(chunk: Buffer): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    let offset = 0;
    while (bytes.length - offset >= 2) {
      const header = readLength(bytes, offset + 1);
      if (header === undefined || bytes.length < header.next + header.length) break;
      const end = header.next + header.length;
      this.#onPacket(bytes[offset] ?? 0, bytes.subarray(header.next, end));
      offset = end;
    }
    this.#rest = offset < bytes.length ? Buffer.from(bytes.subarray(offset)) : undefined;
  }
}

function encodeString(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
}

function withHeader(head: number, body: Buffer): Buffer {
  const header = Buffer.alloc(1 + lengthBytes(body.length));
  header[0] = head;
  writeLength(header, 1, body.length);
  return Buffer.concat([header, body]);
}

function lengthBytes(length: number): number {
  if (length < 128) return 1;
  return length < 16_384 ? 2 : length < 2_097_152 ? 3 : 4;
}

function writeLength(target: Buffer, at: number, length: number): number {
  let rest = length;
  let offset = at;
  do {
    const digit = rest & 127;
    rest >>>= 7;
    target[offset++] = rest > 0 ? digit | 128 : digit;
  } while (rest > 0);
  return offset;
}

function readLength(bytes: Buffer, at: number): { length: number; next: number } | undefined {
  let length = 0;
  let shift = 0;
  for (let offset = at; offset < bytes.length; offset++) {
    const digit = bytes[offset] ?? 0;
    length |= (digit & 127) << shift;
    shift += 7;
    if ((digit & 128) === 0) return { length, next: offset + 1 };
  }
  return undefined;
}
