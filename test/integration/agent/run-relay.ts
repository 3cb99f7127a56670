import { createSocket, type RemoteInfo } from 'node:dgram';
import { seededRandom } from '../../support/random.ts';

// Run by tests as a process: carries IP packets between two tunnels, late and with losses that are known.
// Arguments: the port of the room's tunnel, that of the school's, and the shape as JSON.

/** What one family suffers. Loss and variation are on the way from the room to the school. */
export interface Shape {
  /** In each direction. */
  delayMs: number;
  /** Exactly so many of each hundred packets of a protocol, at places that a seeded generator chooses. */
  lossPercent: number;
  /** Every second packet is late by so much more. */
  alternateMs?: number;
}

export type Shapes = Record<'ipv4' | 'ipv6', Shape>;

/** Packets among which the share of lost ones is exact. */
const DECK = 10;

const [, , roomPort, schoolPort, shapesText] = process.argv;
if (shapesText === undefined) throw new Error('usage: run-relay.ts ROOM_PORT SCHOOL_PORT SHAPES');
const shapes: Shapes = JSON.parse(shapesText);
const random = seededRandom(5);

/** Decides packet by packet of one protocol in one family. */
class Lane {
  readonly #shape: Shape;
  #deck: boolean[] = [];
  #count = 0;

  constructor(shape: Shape) {
    this.#shape = shape;
  }

  /** @returns how late the next packet is, ms; undefined when it is lost */
  next(): number | undefined {
    if (this.#deck.length === 0) {
      const lost = Math.round((DECK * this.#shape.lossPercent) / 100);
      this.#deck = Array.from({ length: DECK }, (_, place) => place < lost)
        .map((isLost) => ({ isLost, at: random() }))
        .toSorted((one, other) => one.at - other.at)
        .map(({ isLost }) => isLost);
    }
    this.#count += 1;
    if (this.#deck.pop() === true) return undefined;
    return this.#shape.delayMs + (this.#count % 2) * (this.#shape.alternateMs ?? 0);
  }
}

const lanes = new Map<string, Lane>();

/** Version and protocol stand in the first octets of the header (RFC 791 §3.1, RFC 8200 §3). */
function familyOf(packet: Uint8Array): 'ipv4' | 'ipv6' {
  return (packet[0] ?? 0) >> 4 === 4 ? 'ipv4' : 'ipv6';
}

function laneOf(packet: Uint8Array): Lane {
  const family = familyOf(packet);
  const key = `${family} ${packet[family === 'ipv4' ? 9 : 6]}`;
  const lane = lanes.get(key) ?? new Lane(shapes[family]);
  lanes.set(key, lane);
  return lane;
}

const room = createSocket('udp4');
const school = createSocket('udp4');
const peers: { room?: RemoteInfo; school?: RemoteInfo } = {};

room.on('message', (packet, from) => {
  peers.room = from;
  const lateMs = laneOf(packet).next();
  const to = peers.school;
  if (lateMs !== undefined && to !== undefined) setTimeout(() => school.send(packet, to.port, to.address), lateMs);
});
school.on('message', (packet, from) => {
  peers.school = from;
  const to = peers.room;
  // A tunnel that comes up says so by packets of its own, before the other is there.
  if (to !== undefined) setTimeout(() => room.send(packet, to.port, to.address), shapes[familyOf(packet)].delayMs);
});
room.bind(Number(roomPort));
school.bind(Number(schoolPort), '127.0.0.1', () => process.stdout.write('ready\n'));
