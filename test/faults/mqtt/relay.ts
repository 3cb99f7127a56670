import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { decodePublish, type Packet, PacketSplitter, packetType } from './packets.ts';

export interface RelayOptions {
  /** The broker's port. */
  brokerPort: number;
  /** The broker has acknowledged what a client published. */
  onAcknowledged: (topic: string, payload: Buffer) => void;
}

/** Stands between a client and the broker and keeps the record of what was published and acknowledged. It can cut the line. */
export class Relay {
  readonly #options: RelayOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  private constructor(options: RelayOptions) {
    this.#options = options;
    this.#server = createServer({ noDelay: true }, (client) => this.#join(client));
  }

  static async listen(options: RelayOptions): Promise<Relay> {
    const relay = new Relay(options);
    await new Promise<void>((resolve) => relay.#server.listen(0, '127.0.0.1', resolve));
    return relay;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Ends every connection and lets none through until `mend`. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: Socket): void {
    if (this.#isCut) {
      client.destroy();
      return;
    }
    const broker = createConnection({ port: this.#options.brokerPort, host: '127.0.0.1', noDelay: true });
    const published = new Map<number, Packet>();
    this.#pass(client, broker, (packet) => {
      if (packet.type !== packetType.publish) return;
      const { id } = decodePublish(packet);
      if (id !== undefined) published.set(id, packet);
    });
    this.#pass(broker, client, (packet) => {
      if (packet.type !== packetType.puback) return;
      const id = packet.body.readUInt16BE(0);
      const message = published.get(id);
      if (message === undefined) throw new Error(`PUBACK ${id} for nothing that was published`);
      published.delete(id);
      const { topic, payload } = decodePublish(message);
      this.#options.onAcknowledged(topic, payload);
    });
  }

  #pass(from: Socket, to: Socket, look: (packet: Packet) => void): void {
    const splitter = new PacketSplitter();
    this.#sockets.add(from);
    from.on('data', (chunk) => {
      for (const packet of splitter.feed(chunk)) look(packet);
      to.write(chunk);
    });
    from.on('error', () => {
      // The other side is told by the end of its own connection.
    });
    from.once('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}
