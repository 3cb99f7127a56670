import { setTimeout as delay } from 'node:timers/promises';
import { Type } from '#typebox';
import { Compile } from '#typebox/compile';
import { channelTopic } from '../../../contract/topics.ts';
import { type Percentiles, percentiles } from '../percentiles.ts';
import type { Account } from './account.ts';
import { PooledValues } from './field-values.ts';
import { CALM, encodeBatch, MachineMetrics } from './machine-metrics.ts';
import { type ConnectionOptions, MqttConnection } from './mqtt-connection.ts';

export interface AlertProbeOptions {
  port: number;
  /** Devices that cross the threshold in turn. */
  accounts: readonly Account[];
  /** Who listens, and to which filter. */
  listener: { username?: string; password?: string; filter: string };
  /** Crossings in all, and each second. */
  samples: number;
  rate: number;
}

export interface AlertProbeOutcome {
  samples: number;
  alerts: number;
  /** Crossings whose alert did not come before the device's next one. */
  missed: number;
  /** From publishing the crossing sample to receiving its alert, ms. */
  latencyMs: Percentiles;
}

/** What both stacks say in an alert; an empty message takes a retained one back. */
const Notice = Type.Object({ device: Type.String(), state: Type.String() });
const notice = Compile(Notice);

/** Above every threshold. */
const CROSSING = '99.5';
/** For the first calm samples to be through every rule. */
const SETTLE_MS = 1500;

interface ProbeDevice {
  account: Account;
  connection: MqttConnection;
  metrics: MachineMetrics;
  sequence: number;
  lastTime: number;
}

/** Measures how long it takes from a sample that crosses a threshold to the alert, as a subscriber to alerts sees it. */
export class AlertProbe {
  readonly #options: AlertProbeOptions;
  readonly #pending = new Map<string, number>();
  readonly #latencies: number[] = [];
  #missed = 0;

  constructor(options: AlertProbeOptions) {
    this.#options = options;
  }

  async run(): Promise<AlertProbeOutcome> {
    const { port, accounts, listener, samples, rate } = this.#options;
    const { filter, ...credentials } = listener;
    const subscriber = await MqttConnection.open(
      { port, clientId: 'bench-listener', ...credentials },
      { message: (_topic, payload) => this.#received(payload) },
    );
    await subscriber.subscribe(filter);
    const devices = await Promise.all(accounts.map((account, index) => openDevice(port, account, index)));
    for (const device of devices) publish(device, CALM);
    await delay(SETTLE_MS);
    const gapMs = 1000 / rate;
    // A device is calm again half way to its next turn.
    const calmAfterMs = (devices.length * gapMs) / 2;
    const startedAt = performance.now();
    for (let sample = 0; sample < samples; sample++) {
      // Not in step with anything that the stack does at regular times.
      const dueAt = startedAt + (sample + Math.random() * 0.8) * gapMs;
      await delay(Math.max(0, dueAt - performance.now()));
      this.#cross(devices[sample % devices.length]!, calmAfterMs);
    }
    await delay(Math.max(3000, calmAfterMs + 1000));
    this.#missed += this.#pending.size;
    subscriber.end();
    for (const { connection } of devices) connection.end();
    const latencyMs = percentiles(this.#latencies);
    return { samples, alerts: this.#latencies.length, missed: this.#missed, latencyMs };
  }

  #cross(device: ProbeDevice, calmAfterMs: number): void {
    const { device: id } = device.account;
    if (this.#pending.delete(id)) this.#missed++;
    this.#pending.set(id, performance.now());
    publish(device, CROSSING);
    setTimeout(() => publish(device, CALM), calmAfterMs);
  }

  #received(payload: Buffer): void {
    const at = performance.now();
    if (payload.length === 0) return;
    const alert: unknown = JSON.parse(payload.toString());
    if (!notice.Check(alert) || alert.state !== 'open') return;
    const crossedAt = this.#pending.get(alert.device);
    // An alert may be said again while it is open: its first word counts.
    if (crossedAt === undefined) return;
    this.#pending.delete(alert.device);
    this.#latencies.push(at - crossedAt);
  }
}

async function openDevice(port: number, account: Account, index: number): Promise<ProbeDevice> {
  const { username, password, device } = account;
  const options: ConnectionOptions = { port, clientId: `bench-${device}` };
  if (username !== undefined && password !== undefined) Object.assign(options, { username, password });
  const connection = await MqttConnection.open(options);
  const metrics = new MachineMetrics(account, new PooledValues(index));
  return { account, connection, metrics, sequence: 0, lastTime: 0 };
}

function publish(device: ProbeDevice, watched: string): void {
  const { account, connection, metrics } = device;
  const sequence = ++device.sequence;
  device.lastTime = Math.max(Date.now(), device.lastTime + 1);
  const sample = metrics.metrics({ sequence, time: device.lastTime, watched });
  const topic = channelTopic(account.site, account.device, 'telemetry');
  connection.publish(topic, encodeBatch(sample, { boot: 'benchmark', seq: sequence }), (sequence % 65_535) + 1);
}
