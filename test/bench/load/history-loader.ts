import { channelTopic } from '../../../contract/topics.ts';
import type { Account } from './account.ts';
import { WalkedValues } from './field-values.ts';
import { CALM, encodeBatch, MachineMetrics } from './machine-metrics.ts';
import { MqttConnection } from './mqtt-connection.ts';

/** A stretch of the past in which every device took a sample at regular times. */
export interface History {
  devices: readonly Account[];
  /** Time of the first sample, ms. */
  from: number;
  everyMs: number;
  samplesPerDevice: number;
  /** The metrics of each sample; all five when absent. */
  metrics?: readonly string[];
}

/** Messages of one device that may wait for their PUBACK. */
const WINDOW = 20;
/** A sample is late by less than this, ms. */
const JITTER_MS = 50;
/** Lines that InfluxDB is given at once: what its own documentation advises. */
const LINES_AT_ONCE = 5000;

/**
 * Publishes a history to a gateway, a message per sample, in the order of time, so that the store gets it as it would have come.
 * Resolves when everything is acknowledged.
 */
export async function publishHistory(
  port: number,
  history: History,
  onProgress: (share: number) => void,
): Promise<void> {
  const publishers = await Promise.all(
    history.devices.map((account, index) => HistoryPublisher.open(port, account, { index, metrics: history.metrics })),
  );
  for (let sample = 0; sample < history.samplesPerDevice; sample++) {
    for (const [device, publisher] of publishers.entries()) {
      if (!publisher.hasRoom) await publisher.room();
      publisher.publish(sample + 1, timeOf(history, device, sample));
    }
    onProgress((sample + 1) / history.samplesPerDevice);
  }
  await Promise.all(publishers.map((publisher) => publisher.end()));
}

/** The same history in InfluxDB's line protocol, in the same order. @param write takes a few thousand lines */
export async function writeHistory(
  history: History,
  write: (lines: string) => Promise<void>,
  onProgress: (share: number) => void,
): Promise<void> {
  const devices = history.devices.map((account, index) => metricsOf(account, { index, metrics: history.metrics }));
  let lines: string[] = [];
  for (let sample = 0; sample < history.samplesPerDevice; sample++) {
    for (const [index, device] of devices.entries()) {
      const time = timeOf(history, index, sample);
      lines.push(device.lines({ sequence: sample + 1, time, watched: CALM }));
    }
    if (lines.length < LINES_AT_ONCE && sample + 1 < history.samplesPerDevice) continue;
    await write(lines.join('\n'));
    lines = [];
    onProgress((sample + 1) / history.samplesPerDevice);
  }
}

/** Devices are not in step and no timer is exact, which makes times harder to pack than they would be otherwise. */
function timeOf({ from, everyMs }: History, device: number, sample: number): number {
  const jitterMs = ((device * 7919 + sample * 104_729) % 1009) % JITTER_MS;
  return from + sample * everyMs + jitterMs;
}

interface DeviceNumber {
  /** Its number among the devices, from 0. */
  index: number;
  metrics: readonly string[] | undefined;
}

function metricsOf(account: Account, { index, metrics }: DeviceNumber): MachineMetrics {
  return new MachineMetrics(account, new WalkedValues(index), metrics);
}

class HistoryPublisher {
  readonly #connection: MqttConnection;
  readonly #topic: string;
  readonly #metrics: MachineMetrics;
  readonly #state: { inFlight: number; wake: () => void };

  private constructor(
    connection: MqttConnection,
    state: { inFlight: number; wake: () => void },
    account: Account,
    device: DeviceNumber,
  ) {
    this.#connection = connection;
    this.#state = state;
    this.#topic = channelTopic(account.site, account.device, 'telemetry');
    this.#metrics = metricsOf(account, device);
  }

  static async open(port: number, account: Account, device: DeviceNumber): Promise<HistoryPublisher> {
    const state = { inFlight: 0, wake: () => {} };
    const acknowledged = (): void => {
      state.inFlight--;
      state.wake();
    };
    const lost = (): void => {
      throw new Error(`${account.device}: the connection broke while its history was published`);
    };
    const { username, password, device: id } = account;
    const credentials = username === undefined || password === undefined ? {} : { username, password };
    const connection = await MqttConnection.open(
      { port, clientId: `history-${id}`, ...credentials },
      { acknowledged, lost },
    );
    return new HistoryPublisher(connection, state, account, device);
  }

  get hasRoom(): boolean {
    return this.#state.inFlight < WINDOW;
  }

  room(): Promise<void> {
    return this.#until(() => this.hasRoom);
  }

  publish(sequence: number, time: number): void {
    const metrics = this.#metrics.metrics({ sequence, time, watched: CALM });
    this.#state.inFlight++;
    this.#connection.publish(
      this.#topic,
      encodeBatch(metrics, { boot: 'history-1', seq: sequence }),
      (sequence % 65_535) + 1,
    );
  }

  async end(): Promise<void> {
    await this.#until(() => this.#state.inFlight === 0);
    this.#connection.end();
  }

  #until(done: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#state.wake = () => {
        if (!done()) return;
        this.#state.wake = () => {};
        resolve();
      };
      this.#state.wake();
    });
  }
}
