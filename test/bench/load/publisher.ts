import { setTimeout as delay } from 'node:timers/promises';
import { channelTopic } from '../../../contract/topics.ts';
import type { Account } from './account.ts';
import { PooledValues } from './field-values.ts';
import { CALM, encodeBatch, MachineMetrics } from './machine-metrics.ts';
import { ConnectionRefused, MqttConnection } from './mqtt-connection.ts';

/** Packet identifiers are 1 to 65535 (MQTT 3.1.1 §2.3.1); a window is far smaller, so none is in use when its turn comes again. */
const PACKET_IDS = 65_535;

/** Server unavailable (§3.2.2.3): a broker that has many to check asks to come again. */
const TRY_AGAIN = 3;
const RECONNECT_MS = 500;

export interface PublisherOptions {
  port: number;
  account: Account;
  /** Its number among the devices, from 0. */
  index: number;
  /** Messages that may wait for their PUBACK. */
  window: number;
  /** The run that the messages are numbered in; absent for bare Telegraf messages. */
  boot: string | undefined;
  /** @param latencyMs from publishing to PUBACK */
  onAcknowledged: (device: string, sequence: number, latencyMs: number) => void;
  /** Called after each read from the socket, when there may be room again. */
  onRoom: () => void;
  onReconnect: () => void;
}

interface Flight {
  sequence: number;
  payload: string;
  sentAt: number;
}

/** One device that publishes samples with QoS 1 and keeps each until it is acknowledged, also when its connection breaks. */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #topic: string;
  readonly #metrics: MachineMetrics;
  readonly #inFlight = new Map<number, Flight>();
  #connection: MqttConnection | undefined;
  #sequence = 0;
  #lastTime = 0;
  #ended = false;

  constructor(options: PublisherOptions) {
    const { account, index } = options;
    this.#options = options;
    this.#topic = channelTopic(account.site, account.device, 'telemetry');
    this.#metrics = new MachineMetrics(account, new PooledValues(index));
  }

  /** Connects, for as long as the broker asks to come again. */
  async connect(): Promise<void> {
    const { port, account, onRoom } = this.#options;
    const { username, password } = account;
    while (!this.#ended) {
      try {
        this.#connection = await MqttConnection.open(
          {
            port,
            clientId: `bench-${account.device}`,
            ...(username === undefined ? {} : { username }),
            ...(password === undefined ? {} : { password }),
          },
          { acknowledged: (id) => this.#acknowledged(id), readEnded: onRoom, lost: () => this.#lost() },
        );
        return this.#sendAgain();
      } catch (error) {
        if (error instanceof ConnectionRefused && error.returnCode !== TRY_AGAIN) throw error;
        await delay(RECONNECT_MS);
      }
    }
  }

  get hasRoom(): boolean {
    return this.#connection !== undefined && this.#inFlight.size < this.#options.window;
  }

  get unacknowledged(): number {
    return this.#inFlight.size;
  }

  /** Publishes one sample of this moment. */
  publish(): void {
    const sequence = ++this.#sequence;
    // Two samples of one series within a millisecond would be one point in every store.
    this.#lastTime = Math.max(Date.now(), this.#lastTime + 1);
    const { boot } = this.#options;
    const metrics = this.#metrics.metrics({ sequence, time: this.#lastTime, watched: CALM });
    const payload = encodeBatch(metrics, boot === undefined ? undefined : { boot, seq: sequence });
    const packetId = ((sequence - 1) % PACKET_IDS) + 1;
    this.#inFlight.set(packetId, { sequence, payload, sentAt: performance.now() });
    this.#connection?.publish(this.#topic, payload, packetId);
  }

  /** Publishes as many as the window allows, in one write. @param publishOne false when there is nothing left to publish */
  fill(publishOne: () => boolean): void {
    this.#connection?.together(() => {
      while (this.hasRoom && publishOne()) this.publish();
    });
  }

  end(): void {
    this.#ended = true;
    this.#connection?.end();
  }

  #acknowledged(packetId: number): void {
    const flight = this.#inFlight.get(packetId);
    if (flight === undefined) return;
    this.#inFlight.delete(packetId);
    const latencyMs = performance.now() - flight.sentAt;
    this.#options.onAcknowledged(this.#options.account.device, flight.sequence, latencyMs);
  }

  #sendAgain(): void {
    for (const [packetId, { payload }] of this.#inFlight) this.#connection?.publish(this.#topic, payload, packetId);
  }

  #lost(): void {
    this.#connection = undefined;
    if (this.#ended) return;
    this.#options.onReconnect();
    // A refusal after a connection that was good ends the generator as an unhandled error: the measurement is void.
    setTimeout(() => void this.connect(), RECONNECT_MS);
  }
}
