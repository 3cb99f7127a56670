/** The few packets of MQTT 3.1.1 that the fault tests speak themselves: they must know to the byte what was sent and what was acknowledged. */

/** Packet types (MQTT 3.1.1 §2.2.1). */
export const packetType = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  subscribe: 8,
  suback: 9,
  pingreq: 12,
} as const;

export interface Packet {
  type: number;
  flags: number;
  body: Buffer;
  /** The packet as it came. */
  raw: Buffer;
}

export function encodeConnect(options: {
  clientId: string;
  username: string;
  password: string;
  keepalive: number;
}): Buffer {
  const { clientId, username, password, keepalive } = options;
  // Protocol level 4; user name, password and a clean session.
  const head = Buffer.from([4, 0xc2, keepalive >> 8, keepalive & 0xff]);
  return encode(packetType.connect, 0, [text('MQTT'), head, text(clientId), text(username), text(password)]);
}

/** A PUBLISH with QoS 1. `again` marks one that was sent before. */
export function encodePublish(topic: string, payload: Buffer, id: number, again: boolean): Buffer {
  return encode(packetType.publish, again ? 0b1010 : 0b0010, [text(topic), number(id), payload]);
}

export function encodeSubscribe(filter: string, id: number, qos: 0 | 1): Buffer {
  return encode(packetType.subscribe, 0b0010, [number(id), text(filter), Buffer.from([qos])]);
}

export function encodePuback(id: number): Buffer {
  return encode(packetType.puback, 0, [number(id)]);
}

export const pingRequest = encode(packetType.pingreq, 0, []);

export interface PublishPacket {
  topic: string;
  payload: Buffer;
  /** Absent with QoS 0. */
  id: number | undefined;
}

export function decodePublish({ flags, body }: Packet): PublishPacket {
  const topicEnd = 2 + body.readUInt16BE(0);
  const hasId = (flags & 0b0110) !== 0;
  return {
    topic: body.toString('utf8', 2, topicEnd),
    payload: body.subarray(hasId ? topicEnd + 2 : topicEnd),
    id: hasId ? body.readUInt16BE(topicEnd) : undefined,
  };
}

/** Cuts a stream of bytes into packets. */
export class PacketSplitter {
  #rest: Buffer = Buffer.alloc(0);

  *feed(chunk: Buffer): Generator<Packet> {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (true) {
      const length = remainingLength(this.#rest);
      if (length === undefined || this.#rest.length < length.end + length.value) return;
      const end = length.end + length.value;
      const first = this.#rest[0] ?? 0;
      const raw = this.#rest.subarray(0, end);
      this.#rest = this.#rest.subarray(end);
      yield { type: first >> 4, flags: first & 0x0f, body: raw.subarray(length.end), raw };
    }
  }
}

/** The "Remaining Length" of §2.2.3 and where it ends; undefined when it has not all come. */
function remainingLength(bytes: Buffer): { value: number; end: number } | undefined {
  let value = 0;
  for (let index = 1; index <= 4; index++) {
    const byte = bytes[index];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 128 ** (index - 1);
    if (byte < 0x80) return { value, end: index + 1 };
  }
  throw new Error('expected a length of at most 4 bytes, got a longer one');
}

function encode(type: number, flags: number, parts: readonly Buffer[]): Buffer {
  let rest = parts.reduce((sum, part) => sum + part.length, 0);
  const head = [(type << 4) | flags];
  do {
    head.push(rest > 127 ? (rest % 128) | 0x80 : rest);
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.concat([Buffer.from(head), ...parts]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([number(bytes.length), bytes]);
}

function number(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}
