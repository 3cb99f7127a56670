import { setTimeout as delay } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import type { Metric } from '../../contract/telemetry.ts';
import { openAdmin } from '../../gateway/admin.ts';
import { openHome } from '../../runtime/home.ts';

export interface FleetOptions {
  home: string;
  mqttPort: number;
  /** How many devices; each connects once and reports on its own. */
  devices: number;
  /** Milliseconds between two batches of one device. */
  everyMs: number;
  /** Names of the fleet's devices begin with this. */
  prefix: string;
}

/** Devices that report as classroom boxes would: one batch of five metrics each, evenly spread over the interval. */
export class SimulatedFleet {
  readonly #options: FleetOptions;
  readonly #clients: { site: string; id: string; client: MqttClient; sequence: number }[] = [];
  readonly #timers: NodeJS.Timeout[] = [];
  /** Batches that the gateway has acknowledged. */
  acknowledged = 0;
  #inFlight = 0;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  /** Makes the accounts and connects everybody. */
  async connect(): Promise<void> {
    const { home, mqttPort, devices, prefix } = this.#options;
    const admin = openAdmin(openHome(home), { actor: 'bench', now: Date.now });
    for (let index = 0; index < devices; index++) {
      const id = `${prefix}-${index}`;
      const { site, username, password } = await admin.addDevice({ site: 'school', device: id });
      const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${mqttPort}`, { username, password, keepalive: 60 });
      this.#clients.push({ site, id, client, sequence: 0 });
    }
    admin.close();
  }

  /** Begins to report. */
  report(): void {
    const { everyMs } = this.#options;
    for (const [index, device] of this.#clients.entries()) {
      const offset = (everyMs * index) / this.#clients.length;
      this.#timers.push(
        setTimeout(() => {
          this.#publish(device);
          this.#timers.push(setInterval(() => this.#publish(device), everyMs));
        }, offset),
      );
    }
  }

  /** Stops reporting and waits until everything is acknowledged. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    while (this.#inFlight > 0) await delay(20);
    await Promise.all(this.#clients.map(({ client }) => client.endAsync()));
  }

  #publish(device: { site: string; id: string; client: MqttClient; sequence: number }): void {
    const seq = ++device.sequence;
    const payload = JSON.stringify({ metrics: batch(seq, Date.now()), boot: 'simulated-fleet', seq });
    this.#inFlight++;
    device.client.publish(`campus/v1/${device.site}/${device.id}/telemetry`, payload, { qos: 1 }, (error) => {
      this.#inFlight--;
      if (!error) this.acknowledged++;
    });
  }
}

/** Five metrics of six fields, as the benchmark's load has them. */
function batch(seq: number, timestamp: number): Metric[] {
  return ['load', 'cpu', 'mem', 'space', 'net'].map((name, index) => ({
    name: `sim_${name}`,
    tags: {},
    fields: { seq, a: seq * 1.5, b: index, c: (seq % 100) / 10, d: 1e9 + seq * 1000, e: 0 },
    timestamp,
  }));
}
