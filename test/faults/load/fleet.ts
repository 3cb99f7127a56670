import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Metric } from '../../../contract/telemetry.ts';
import { openAdmin } from '../../../gateway/admin.ts';
import { openHome } from '../../../runtime/home.ts';
import { until } from '../../support/until.ts';
import { DevicePublisher } from './device-publisher.ts';

/** Measurements of one message: several, so that a store that keeps half a message is found out. */
export const loadMeasurements = ['fault_a', 'fault_b'] as const;

/** How often the load is dealt out, ms. */
const TICK_MS = 20;

export interface FleetOptions {
  home: string;
  mqttPort: number;
  devices: number;
  /** Messages a second of all devices together; 0 for as fast as they are acknowledged. */
  rate: number;
  /** Messages on their way at a time, for each device. */
  window?: number;
  /** Bytes of text in each message. */
  padding?: number;
  /** Begins the devices' names. */
  prefix?: string;
  /** Times of messages begin now, for a rate below a thousand a second and device; else an hour ago, so that none lies in the future. */
  sentNow?: boolean;
  /** Seconds; 60 unless given. */
  keepalive?: number;
  onAcknowledged?: (latencyMs: number) => void;
}

/** The bounded load of a fault test: several devices that report evenly, and the record of what was acknowledged to each. */
export class Fleet {
  readonly publishers: readonly DevicePublisher[];
  #rate: number;
  #timer: NodeJS.Timeout | undefined;
  #owed = 0;
  #turn = 0;
  #lastTick = 0;

  private constructor(publishers: readonly DevicePublisher[], rate: number) {
    this.publishers = publishers;
    this.#rate = rate;
  }

  /** Makes the devices' accounts and connects them, or goes on trying. */
  static async start(options: FleetOptions): Promise<Fleet> {
    const { home, mqttPort, devices, rate, window = 16, padding = 0, prefix = 'load' } = options;
    const admin = openAdmin(openHome(home), { actor: 'faults', now: Date.now });
    const publishers: DevicePublisher[] = [];
    const epoch = Date.now() - (options.sentNow === true ? 0 : 3600_000);
    for (let index = 1; index <= devices; index++) {
      const device = `${prefix}-${index}`;
      const { site, username, password } = await admin.addDevice({ site: 'school', device });
      publishers.push(
        new DevicePublisher({
          ...{ port: mqttPort, site, device, account: { username, password }, boot: `${device}-${epoch}` },
          ...{
            window,
            epoch,
            metrics: (sequence: number, timestamp: number) =>
              load({ id: idOf(device, sequence), sequence, timestamp, padding }),
          },
          ...(options.onAcknowledged === undefined ? {} : { onAcknowledged: options.onAcknowledged }),
          ...(options.keepalive === undefined ? {} : { keepalive: options.keepalive }),
        }),
      );
    }
    admin.close();
    for (const publisher of publishers) publisher.start();
    return new Fleet(publishers, rate);
  }

  /** Begins to report. @param rate messages a second from now on, 0 for as fast as they are acknowledged; as it was unless given */
  report(rate = this.#rate): void {
    this.#rate = rate;
    this.pause();
    this.#lastTick = performance.now();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Stops making messages; what is not acknowledged is still sent again. */
  pause(): void {
    clearInterval(this.#timer);
  }

  /** Makes so many messages beside what `report` does, dealt out over the devices; fails when there is no room for them in their windows. */
  send(count: number): void {
    for (let left = count; left > 0; left--) {
      if (this.publishers[this.#turn++ % this.publishers.length]?.publishNext() === true) continue;
      throw new Error(`${left} of ${count} messages do not go out: a device is away or has too many on their way`);
    }
  }

  get issued(): number {
    return this.publishers.reduce((sum, { lastSequence }) => sum + lastSequence, 0);
  }

  get acknowledged(): number {
    return this.publishers.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
  }

  /** Stops making messages, and waits until each has been acknowledged. */
  async settle(timeoutMs = 60_000): Promise<void> {
    this.pause();
    await until('every message is acknowledged', () => this.acknowledged === this.issued, { timeoutMs });
  }

  async stop(): Promise<void> {
    this.pause();
    await Promise.all(this.publishers.map((publisher) => publisher.stop()));
    await delay(0);
  }

  #tick(): void {
    const now = performance.now();
    // What could not be sent while the gateway was away is not made up for: a device reports what is, not what was.
    const most = this.#rate === 0 ? Number.POSITIVE_INFINITY : Math.max(1, this.#rate * 0.1);
    this.#owed = Math.min(most, this.#owed + (this.#rate === 0 ? most : (this.#rate * (now - this.#lastTick)) / 1000));
    this.#lastTick = now;
    for (let idle = 0; this.#owed >= 1 && idle < this.publishers.length; ) {
      const publisher = this.publishers[this.#turn++ % this.publishers.length];
      if (publisher?.publishNext() === true) {
        this.#owed -= 1;
        idle = 0;
      } else idle += 1;
    }
  }
}

/** Names a message of the load: each of its points holds it, to recognise it by. */
export function idOf(device: string, sequence: number): string {
  return `${device}#${sequence}`;
}

/** Text that a store cannot make smaller by much. */
function noise(length: number): string {
  return randomBytes(Math.ceil((length * 3) / 4))
    .toString('base64')
    .slice(0, length);
}

interface LoadOptions {
  id: string;
  sequence: number;
  timestamp: number;
  padding: number;
}

function load({ id, sequence, timestamp, padding }: LoadOptions): Metric[] {
  const fields = { seq: sequence, half: sequence / 2, id, ...(padding > 0 ? { pad: noise(padding) } : {}) };
  return loadMeasurements.map((name) => ({ name, tags: {}, fields, timestamp }));
}
