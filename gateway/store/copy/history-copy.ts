import { setTimeout as delay } from 'node:timers/promises';
import type { HistoryPage, Store } from '../store.ts';
import type { MeasurementProgress } from './copy-state.ts';

/** Points of one page: a request that every server takes, and a transaction that is worth its commit. */
const PAGE_POINTS = 10_000;
/** How often a target that has been given everything is asked whether it has it on its disk. */
const SETTLE_POLL_MS = 500;

export interface HistoryCopyOptions {
  from: Store;
  to: Store;
  /** The end of what is copied, ms. */
  until: number;
  /** The measurements in the order in which they are copied, each from where it stands. */
  progress: readonly MeasurementProgress[];
  /** Ends the copy after the page that is under way. */
  signal: AbortSignal;
  /** Told after every page. */
  onProgress: (progress: HistoryCopyProgress) => void;
}

/** How far a copy is: two lists of all its measurements, and the one that is under way. */
export interface HistoryCopyProgress {
  /** What is in the target to stay. */
  kept: readonly MeasurementProgress[];
  /** What has been written, be it on the target's disk or not. */
  written: readonly MeasurementProgress[];
  measurement: string;
}

/** Moves history from one store into another, a measurement after the other, in order of time. */
export class HistoryCopy {
  readonly #options: HistoryCopyOptions;
  readonly #kept: MeasurementProgress[];
  readonly #written: MeasurementProgress[];
  /** Pages that are written and may not yet be on the target's disk, with how far each brings its measurement. */
  readonly #waiting: { batch: number; reached: MeasurementProgress }[] = [];
  /** Pages written in this run, as `durablePosition` counts them. */
  #batches = 0;

  constructor(options: HistoryCopyOptions) {
    this.#options = options;
    this.#kept = [...options.progress];
    this.#written = [...options.progress];
  }

  /**
   * Copies until everything is in the target to stay, or the signal ends it.
   * @returns true when everything is
   * @throws CampusError of the stores; what `onProgress` told is kept stays true
   */
  async run(): Promise<boolean> {
    const { progress, signal } = this.#options;
    for (const measurement of progress) if (!measurement.done) await this.#copy(measurement);
    while (this.#waiting.length > 0 && !signal.aborted) {
      await delay(SETTLE_POLL_MS);
      await this.#settle(progress.at(-1)?.measurement ?? '');
    }
    return this.#kept.every(({ done }) => done);
  }

  /** Copies one measurement; while a page is written the next one is read. */
  async #copy(start: MeasurementProgress): Promise<void> {
    const { from, until, signal } = this.#options;
    const { measurement } = start;
    const readPage = (next: number): Promise<HistoryPage> =>
      from.read({ measurement, from: next, to: until, limit: PAGE_POINTS });
    let reached = start;
    let page = signal.aborted ? undefined : readPage(start.next);
    while (page !== undefined) {
      const { points, next } = await page;
      page = next === undefined || signal.aborted ? undefined : readPage(next);
      // A failure is met when the page is waited for; until then it must not end the process.
      page?.catch(() => {});
      const skipped = await this.#write(points);
      reached = {
        measurement,
        next: next ?? until,
        done: next === undefined,
        points: reached.points + points.length,
        skipped: reached.skipped + skipped,
      };
      this.#waiting.push({ batch: this.#batches, reached });
      replace(this.#written, reached);
      await this.#settle(measurement);
    }
  }

  async #write(points: HistoryPage['points']): Promise<number> {
    if (points.length === 0) return 0;
    this.#batches++;
    return (await this.#options.to.merge({ points, position: this.#batches })).skipped;
  }

  /** Notes what has reached the target's disk by now. */
  async #settle(measurement: string): Promise<void> {
    const { to, onProgress } = this.#options;
    const durable = to.durablePosition === undefined ? this.#batches : await to.durablePosition();
    while (this.#waiting[0] !== undefined && this.#waiting[0].batch <= durable) {
      replace(this.#kept, this.#waiting.shift()!.reached);
    }
    onProgress({ kept: this.#kept, written: this.#written, measurement });
  }
}

function replace(progress: MeasurementProgress[], one: MeasurementProgress): void {
  progress[progress.findIndex(({ measurement }) => measurement === one.measurement)] = one;
}
