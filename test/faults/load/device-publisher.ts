import { setTimeout as delay } from 'node:timers/promises';
import type { Metric } from '../../../contract/telemetry.ts';
import { type Account, Connection } from '../mqtt/connection.ts';

/** Pause before a new attempt to connect, ms: short, so that an outage costs the load little. */
const RECONNECT_MS = 100;
/** Packet identifiers are 16 bits (MQTT 3.1.1 §2.3.1). */
const LAST_PACKET_ID = 0xffff;

export interface DevicePublisherOptions {
  port: number;
  site: string;
  device: string;
  account: Account;
  /** Names this run. */
  boot: string;
  /** Messages on their way at a time. */
  window: number;
  /** Seconds; 60 unless given. */
  keepalive?: number;
  /** What a message reports, by its number. */
  metrics: (sequence: number, timestamp: number) => readonly Metric[];
  /** Time of message 0, ms; each next one lies 1 ms later, so that every message has a time of its own. */
  epoch: number;
  /** Told of each acknowledgement, with the time since the message was first sent, ms. */
  onAcknowledged?: (latencyMs: number) => void;
}

interface Unacknowledged {
  payload: Buffer;
  packetId: number;
  sentAt: number;
}

/**
 * A device as the protocol wants it: QoS 1, every message numbered, what is not acknowledged is kept and sent again, in order, when the
 * connection is back. It keeps its own record of what was acknowledged, which is what everything is checked against.
 */
export class DevicePublisher {
  readonly #options: DevicePublisherOptions;
  readonly #topic: string;
  readonly #unacknowledged = new Map<number, Unacknowledged>();
  readonly #sequenceOf = new Map<number, number>();
  /** Numbers of the messages that the gateway has acknowledged. */
  readonly acknowledged = new Set<number>();
  #connection: Connection | undefined;
  #nextPacketId = 1;
  #stopped = false;
  #running: Promise<void> | undefined;
  /** Number of the last message made. */
  lastSequence = 0;
  /** Connections made so far. */
  connections = 0;

  constructor(options: DevicePublisherOptions) {
    this.#options = options;
    this.#topic = `campus/v1/${options.site}/${options.device}/telemetry`;
  }

  get device(): string {
    return this.#options.device;
  }

  /** Time of a message, ms. */
  timeOf(sequence: number): number {
    return this.#options.epoch + sequence;
  }

  /** Connects, and keeps connecting. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Makes the next message and sends it; false when too many are on their way, or there is no connection. */
  publishNext(): boolean {
    const connection = this.#connection;
    if (connection === undefined || this.#unacknowledged.size >= this.#options.window) return false;
    const sequence = ++this.lastSequence;
    const entry = { payload: this.#payload(sequence), packetId: this.#takePacketId(), sentAt: performance.now() };
    this.#unacknowledged.set(sequence, entry);
    this.#sequenceOf.set(entry.packetId, sequence);
    connection.publish(this.#topic, entry.payload, entry.packetId);
    return true;
  }

  /** Reads nothing more from its present connection; the next one is read again. */
  stopReading(): void {
    this.#connection?.stopReading();
  }

  /** Ends the present connection; the next one comes as after a restart, but nothing is forgotten. */
  restart(): void {
    this.#connection?.cut();
  }

  get connected(): boolean {
    return this.#connection !== undefined;
  }

  /** Messages made and not acknowledged. */
  get waiting(): number {
    return this.#unacknowledged.size;
  }

  /** Ends the connection; what is not acknowledged stays so. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#connection?.cut();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { port, account, device, keepalive = 60 } = this.#options;
    while (!this.#stopped) {
      try {
        const onPuback = (id: number): void => this.#acknowledge(id);
        const connection = await Connection.open({ port, account, clientId: `load-${device}`, keepalive, onPuback });
        this.connections += 1;
        this.#resend(connection);
        this.#connection = connection;
        if (this.#stopped) connection.cut();
        await connection.closed;
      } catch {
        // The gateway is away: that is what is being tested.
      }
      this.#connection = undefined;
      if (!this.#stopped) await delay(RECONNECT_MS);
    }
  }

  #resend(connection: Connection): void {
    for (const { payload, packetId } of this.#unacknowledged.values())
      connection.publish(this.#topic, payload, packetId, true);
  }

  #acknowledge(packetId: number): void {
    const sequence = this.#sequenceOf.get(packetId);
    const entry = sequence === undefined ? undefined : this.#unacknowledged.get(sequence);
    if (sequence === undefined || entry === undefined) throw new Error(`PUBACK ${packetId} for nothing that was sent`);
    this.#sequenceOf.delete(packetId);
    this.#unacknowledged.delete(sequence);
    this.acknowledged.add(sequence);
    this.#options.onAcknowledged?.(performance.now() - entry.sentAt);
  }

  #takePacketId(): number {
    while (this.#sequenceOf.has(this.#nextPacketId)) this.#nextPacketId = (this.#nextPacketId % LAST_PACKET_ID) + 1;
    const id = this.#nextPacketId;
    this.#nextPacketId = (id % LAST_PACKET_ID) + 1;
    return id;
  }

  #payload(sequence: number): Buffer {
    const metrics = this.#options.metrics(sequence, this.timeOf(sequence));
    return Buffer.from(JSON.stringify({ metrics, boot: this.#options.boot, seq: sequence }));
  }
}
