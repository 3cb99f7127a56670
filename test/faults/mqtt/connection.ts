import { createConnection } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  decodePublish,
  encodeConnect,
  encodePuback,
  encodePublish,
  encodeSubscribe,
  type Packet,
  PacketSplitter,
  type PublishPacket,
  packetType,
  pingRequest,
} from './packets.ts';

export interface Account {
  username: string;
  password: string;
}

/** The broker's port on this machine, in clear, or a stream that reaches it another way. */
export type Way = { port: number } | { stream: Duplex };

export type ConnectionOptions = Way & {
  account: Account;
  clientId: string;
  /** The broker has acknowledged the message with this packet identifier. */
  onPuback?: (id: number) => void;
  onMessage?: (message: PublishPacket) => void;
  /** Seconds; 0 for none. */
  keepalive?: number;
};

/** One MQTT connection that does nothing by itself: it neither comes again nor sends again. */
export class Connection {
  readonly #socket: Duplex;
  readonly #options: ConnectionOptions;
  readonly #splitter = new PacketSplitter();
  readonly #connected = Promise.withResolvers<void>();
  #subscribed = Promise.withResolvers<void>();
  readonly #pings: NodeJS.Timeout | undefined;
  /** Resolves when the connection has ended, however that came. */
  readonly closed: Promise<void>;

  private constructor(options: ConnectionOptions) {
    const { keepalive = 60, account, clientId } = options;
    this.#options = options;
    this.#socket =
      'stream' in options ? options.stream : createConnection({ port: options.port, host: '127.0.0.1', noDelay: true });
    this.#socket.write(encodeConnect({ clientId, keepalive, ...account }));
    this.#socket.on('data', (chunk) => {
      for (const packet of this.#splitter.feed(chunk)) this.#receive(packet);
    });
    this.#socket.on('error', (error) => this.#connected.reject(error));
    this.closed = new Promise((resolve) => this.#socket.once('close', () => resolve()));
    void this.closed.then(() => {
      clearInterval(this.#pings);
      this.#connected.reject(new Error('the broker ended the connection'));
      this.#subscribed.reject(new Error('the broker ended the connection'));
    });
    this.#subscribed.promise.catch(() => {
      // Who waits for a subscription is told; others need not know.
    });
    if (keepalive > 0) this.#pings = setInterval(() => this.#socket.write(pingRequest), keepalive * 400).unref();
  }

  /** @throws Error when the broker is not there or refuses */
  static async open(options: ConnectionOptions): Promise<Connection> {
    const connection = new Connection(options);
    await connection.#connected.promise;
    return connection;
  }

  publish(topic: string, payload: Buffer, id: number, again = false): void {
    this.#socket.write(encodePublish(topic, payload, id, again));
  }

  async subscribe(filter: string, qos: 0 | 1): Promise<void> {
    this.#subscribed = Promise.withResolvers();
    this.#socket.write(encodeSubscribe(filter, 1, qos));
    await this.#subscribed.promise;
  }

  /** From now on nothing more is read, and no ping sent, as by a process that is frozen: what the broker sends fills the buffers between. */
  stopReading(): void {
    clearInterval(this.#pings);
    this.#socket.pause();
  }

  readOn(): void {
    this.#socket.resume();
  }

  /** Bytes written that the kernel has not taken yet. */
  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  /** Ends the connection as a cut cable would, without a farewell. */
  cut(): void {
    this.#socket.destroy();
  }

  #receive(packet: Packet): void {
    switch (packet.type) {
      case packetType.connack:
        if (packet.body[1] === 0) this.#connected.resolve();
        else this.#connected.reject(new Error(`CONNACK ${packet.body[1]}`));
        break;
      case packetType.suback:
        if (packet.body[2] === 0x80) this.#subscribed.reject(new Error('the broker refused the subscription'));
        else this.#subscribed.resolve();
        break;
      case packetType.puback:
        this.#options.onPuback?.(packet.body.readUInt16BE(0));
        break;
      case packetType.publish: {
        const message = decodePublish(packet);
        if (message.id !== undefined) this.#socket.write(encodePuback(message.id));
        this.#options.onMessage?.(message);
      }
    }
  }
}
