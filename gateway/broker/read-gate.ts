import type { Duplex } from 'node:stream';
import type { Client } from 'aedes';
import { Lanes } from './lanes.ts';
import { ReadTurns, type ReadTurnsLimits } from './read-turns.ts';

/**
 * What a message takes until it is on the disk, as measured: its payload three times, as it came, as it goes into the spool and in the
 * block of a commit, and its packet, its promises and its place in the queue.
 */
const PAYLOAD_COPIES = 3;
const MESSAGE_OVERHEAD_BYTES = 4096;
/** How often clients that are held are looked at, ms: well below the shortest keep-alive of a second and a half. */
const LOOK_MS = 500;

export interface ReadGateLimits extends ReadTurnsLimits {
  /** Bytes of memory that messages of one client take between its socket and the disk. */
  bytesPerClient: number;
  /** Those of all clients together. */
  bytes: number;
  /** A client that does not read its acknowledgements for this long, ms, is disconnected. */
  unreadMs: number;
}

interface Reader {
  client: Client;
  socket: Duplex;
  /** Bytes read from the client and not yet dealt with. */
  bytes: number;
  /** Reads on, where Aedes was told that there was nothing. */
  resume: () => void;
  /** True for a client that the others may hold up. */
  shares: boolean;
  /** Since when the client has left its acknowledgements unread, monotonic ms. */
  unreadSince: number | undefined;
}

/**
 * Stands between the sockets and Aedes: while more is in memory than the disk has taken, nothing is read, the kernel's buffers fill, and
 * TCP slows the senders down. Aedes by itself reads on: it counts the packets of one read, loses count with every further one, and does not
 * count a packet at all that is larger than a read.
 */
export class ReadGate {
  readonly #limits: ReadGateLimits;
  readonly #readers = new WeakMap<Client, Reader>();
  readonly #turns: ReadTurns<Reader>;
  /** Those who have asked for more and were refused. */
  readonly #held = new Lanes<Reader>();
  #bytes = 0;
  #looking: NodeJS.Timeout | undefined;

  constructor(limits: ReadGateLimits) {
    this.#limits = limits;
    this.#turns = new ReadTurns(limits, () => performance.now());
  }

  /** Bytes read and not yet dealt with. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Watches a client's socket, which Aedes reads. */
  watch(client: Client, socket: Duplex): void {
    const read = socket.read.bind(socket);
    const reader: Reader = {
      client,
      socket,
      bytes: 0,
      resume: resumeOf(client),
      shares: false,
      unreadSince: undefined,
    };
    this.#readers.set(client, reader);
    socket.read = (size?: number): unknown => {
      // The stream itself asks for nothing, to have its buffer filled.
      if (size === 0) return read(0);
      if (!this.#mayRead(reader)) {
        this.#hold(reader);
        return null;
      }
      // There is nothing: asked so, the stream looks for more.
      if (socket.readableLength === 0) return read();
      const bytes = this.#turns.take(reader, socket.readableLength);
      return bytes === 0 ? null : read(bytes);
    };
    socket.once('close', () => {
      this.#held.delete(reader);
      this.#turns.forget(reader);
    });
  }

  /** True while nothing is read from the client, for too much of what it or others sent is under way. */
  isHeld(client: Client): boolean {
    const reader = this.#readers.get(client);
    return reader !== undefined && (this.#held.has(reader) || this.#turns.isWaiting(reader));
  }

  /** From now on the client is held up by what all together send; before, by what it sends itself. */
  share(client: Client): void {
    const reader = this.#readers.get(client);
    if (reader !== undefined) reader.shares = true;
  }

  /** A message has been read. It counts until `settled` is told of it, with the same bytes. */
  received(client: Client, payloadBytes: number): void {
    this.#count(this.#readers.get(client), memoryOf(payloadBytes));
  }

  /** A message is stored, or refused: it has been dealt with. */
  settled(client: Client, payloadBytes: number): void {
    const reader = this.#readers.get(client);
    this.#count(reader, -memoryOf(payloadBytes));
    if (this.#held.size > 0) this.#release(reader);
  }

  #count(reader: Reader | undefined, bytes: number): void {
    if (reader !== undefined) reader.bytes += bytes;
    this.#bytes += bytes;
  }

  #mayRead({ bytes, shares, socket }: Reader): boolean {
    if (bytes >= this.#limits.bytesPerClient) return false;
    return !shares || (this.#bytes < this.#limits.bytes && !socket.writableNeedDrain);
  }

  #hold(reader: Reader): void {
    this.#held.add(reader, reader.bytes === 0 ? 'light' : 'heavy');
    this.#noteUnread(reader);
    this.#looking ??= setInterval(() => this.#look(), LOOK_MS).unref();
  }

  /** Whoever does not read its acknowledgements is given no reason for more of them. */
  #noteUnread(reader: Reader): void {
    const { socket, unreadSince } = reader;
    if (unreadSince !== undefined || !socket.writableNeedDrain) return;
    reader.unreadSince = performance.now();
    socket.once('drain', () => {
      reader.unreadSince = undefined;
      this.#readOn(reader);
    });
  }

  /** Lets those read on who may, one read each: first those of whom nothing was under way when they were held, and each in the order in which it was. */
  #release(lighter: Reader | undefined): void {
    // Nobody but itself holds up this one.
    if (lighter?.shares === false) this.#readOn(lighter);
    // What each reads counts at once.
    for (const reader of this.#held) {
      if (this.#bytes >= this.#limits.bytes) return;
      this.#readOn(reader);
    }
  }

  #readOn(reader: Reader): void {
    if (!this.#held.has(reader) || !this.#mayRead(reader)) return;
    this.#held.delete(reader);
    reader.resume();
  }

  #look(): void {
    const now = performance.now();
    for (const reader of this.#held) {
      this.#noteUnread(reader);
      const unreadMs = now - (reader.unreadSince ?? now);
      // Aedes would wait for ever: mqtt-packet tells it that there is always room for an acknowledgement.
      if (unreadMs > this.#limits.unreadMs) reader.socket.destroy(new Error('drain timeout'));
      // Whoever is not read cannot show that it is there: its keep-alive begins anew.
      else refreshKeepAlive(reader.client);
    }
    if (this.#held.size > 0) return;
    clearInterval(this.#looking);
    this.#looking = undefined;
  }
}

/** Bytes that a message takes in memory. */
function memoryOf(payloadBytes: number): number {
  return PAYLOAD_COPIES * payloadBytes + MESSAGE_OVERHEAD_BYTES;
}

/** Aedes keeps the function that reads on in a field that its types do not name. */
function resumeOf(client: Client): () => void {
  const nextBatch: unknown = Reflect.get(client, '_nextBatch');
  if (typeof nextBatch !== 'function') {
    throw new Error('this version of aedes reads in another way: gateway/broker/read-gate.ts must be mended');
  }
  return () => {
    if (!client.closed) Reflect.apply(nextBatch, client, []);
  };
}

/** The timer of the keep-alive, likewise; a client without one has none. */
function refreshKeepAlive(client: Client): void {
  const timer: unknown = Reflect.get(client, '_keepaliveTimer');
  if (typeof timer === 'object' && timer !== null && 'refresh' in timer && typeof timer.refresh === 'function') {
    timer.refresh();
  }
}
