import { Worker } from 'node:worker_threads';
import { percentile } from '../faults/load/percentile.ts';
import { until } from '../support/until.ts';
import type { LegitimateReport, LegitimateWork } from './legitimate-worker.ts';

/** Messages that may wait at the end of a part: half a second of all devices. */
const WAITING_MAX = 40;

export interface LegitimateFigures {
  messages: number;
  p99Ms: number;
  maxMs: number;
  /** Times that a device was sent away. */
  reconnects: number;
}

/** Devices that do nothing wrong, in a thread of their own, so that the attack does not spoil what they measure. */
export class Legitimate {
  readonly #worker: Worker;
  readonly #devices: number;
  #latencies: number[] = [];
  #connections = 0;
  #connectionsBefore = 0;
  #waiting = 0;
  /** What ended the thread, if anything did. */
  failure: Error | undefined;

  constructor(work: LegitimateWork) {
    this.#devices = work.devices.length;
    this.#worker = new Worker(new URL('./legitimate-worker.ts', import.meta.url), { workerData: work });
    this.#worker.on('message', ({ latencies, connections, waiting }: LegitimateReport) => {
      for (const latency of latencies) this.#latencies.push(latency);
      this.#connections = connections;
      this.#waiting = waiting;
    });
    this.#worker.on('error', (error: Error) => {
      this.failure = error;
    });
  }

  async connected(): Promise<void> {
    await until('all devices report', () => this.#connections >= this.#devices && this.#latencies.length > 0);
  }

  /** Forgets what was measured so far. */
  begin(): void {
    this.#latencies = [];
    this.#connectionsBefore = this.#connections;
  }

  /** What was measured since `begin`, once everything that was sent is acknowledged. */
  async figures(): Promise<LegitimateFigures> {
    await until('everything sent is acknowledged', () => this.#waiting < WAITING_MAX, { timeoutMs: 30_000 });
    return {
      messages: this.#latencies.length,
      p99Ms: Math.round(percentile(this.#latencies, 0.99)),
      maxMs: Math.round(percentile(this.#latencies, 1)),
      reconnects: this.#connections - this.#connectionsBefore,
    };
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
