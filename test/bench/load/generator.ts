import { type Percentiles, percentiles } from '../percentiles.ts';
import type { Account } from './account.ts';
import { Acknowledged, type Ranges } from './acknowledged.ts';
import { Publisher } from './publisher.ts';

export interface GeneratorOptions {
  /** Of the broker, on 127.0.0.1. */
  port: number;
  accounts: readonly Account[];
  /** Number of the first account among all devices, where several generators share them. */
  firstIndex: number;
  /** Messages of one device that may wait for their PUBACK. */
  window: number;
  /** Messages a second over all devices; 0 for as many as the broker acknowledges. */
  rate: number;
  seconds: number;
  boot: string | undefined;
}

export interface GeneratorOutcome {
  /** Acknowledged sequences by device. */
  acknowledged: Record<string, Ranges>;
  acknowledgedCount: number;
  /** Sent and never acknowledged, though the generator waited. */
  unacknowledged: number;
  /** Messages that the rate asked for and the windows had no room for. */
  skipped: number;
  reconnects: number;
  /** From publishing to PUBACK, ms. */
  ackMs: Percentiles;
  /** When the first message was published and the last acknowledged, ms since 1970. */
  firstPublishAt: number;
  lastAcknowledgedAt: number;
  /** CPU that the generator itself took, seconds. */
  cpuSeconds: number;
}

/** Connections that are opened at once: a broker checks a password for each. */
const CONNECTING = 64;
/** How often a rate's messages are due, ms: a hundredth of a second's traffic would come in lumps. */
const TICK_MS = 5;
/** How long the last acknowledgements are waited for. */
const DRAIN_MS = 60_000;

/** Devices that publish at a rate or flat out, and the record of what was acknowledged to them. */
export class LoadGenerator {
  readonly #options: GeneratorOptions;
  readonly #publishers: readonly Publisher[];
  readonly #acknowledged = new Acknowledged();
  readonly #latencies: number[] = [];
  #reconnects = 0;
  #skipped = 0;
  #sent = 0;
  #startedAt = Number.POSITIVE_INFINITY;
  #lastAcknowledgedAt = 0;

  constructor(options: GeneratorOptions) {
    const { port, window, boot, firstIndex } = options;
    this.#options = options;
    this.#publishers = options.accounts.map((account, index) => {
      const publisher: Publisher = new Publisher({
        ...{ port, account, window, boot },
        index: firstIndex + index,
        onAcknowledged: (device, sequence, latencyMs) => this.#note(device, sequence, latencyMs),
        onRoom: () => {
          if (options.rate === 0) this.#fill(publisher);
        },
        onReconnect: () => {
          this.#reconnects++;
        },
      });
      return publisher;
    });
  }

  /** Connects every device. @param onProgress told how many are connected */
  async connect(onProgress: (connected: number) => void): Promise<void> {
    const waiting = [...this.#publishers];
    let connected = 0;
    const lane = async (): Promise<void> => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        await next.connect();
        onProgress(++connected);
      }
    };
    await Promise.all(Array.from({ length: CONNECTING }, lane));
  }

  /** Publishes for the time asked for, waits for the acknowledgements, and disconnects. */
  async run(): Promise<GeneratorOutcome> {
    this.#startedAt = performance.now();
    if (this.#options.rate === 0) for (const publisher of this.#publishers) this.#fill(publisher);
    await this.#everyTick(() => {
      if (this.#isOver) return true;
      if (this.#options.rate > 0) this.#publishDue();
      return false;
    });
    const endedAt = performance.now();
    await this.#everyTick(() => this.#unacknowledged === 0 || performance.now() - endedAt > DRAIN_MS);
    const unacknowledged = this.#unacknowledged;
    for (const publisher of this.#publishers) publisher.end();
    return this.#outcome(unacknowledged);
  }

  get progress(): { sent: number; acknowledged: number } {
    return { sent: this.#sent, acknowledged: this.#acknowledged.count };
  }

  get #isOver(): boolean {
    return performance.now() - this.#startedAt >= this.#options.seconds * 1000;
  }

  get #unacknowledged(): number {
    return this.#publishers.reduce((sum, publisher) => sum + publisher.unacknowledged, 0);
  }

  #fill(publisher: Publisher): void {
    if (this.#startedAt === Number.POSITIVE_INFINITY) return;
    publisher.fill(() => {
      if (this.#isOver) return false;
      this.#sent++;
      return true;
    });
  }

  #next = 0;

  /** Publishes what the rate has become due for, the devices in turn; what finds every window full is skipped. */
  #publishDue(): void {
    const seconds = (performance.now() - this.#startedAt) / 1000;
    let due = Math.floor(seconds * this.#options.rate) - this.#sent - this.#skipped;
    let full = 0;
    while (due > 0) {
      const publisher = this.#publishers[this.#next];
      this.#next = (this.#next + 1) % this.#publishers.length;
      if (publisher?.hasRoom) {
        publisher.publish();
        this.#sent++;
        due--;
        full = 0;
      } else if (++full >= this.#publishers.length) {
        this.#skipped += due;
        return;
      }
    }
  }

  #note(device: string, sequence: number, latencyMs: number): void {
    this.#acknowledged.add(device, sequence);
    this.#latencies.push(latencyMs);
    this.#lastAcknowledgedAt = performance.now();
  }

  #everyTick(done: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        if (!done()) return;
        clearInterval(timer);
        resolve();
      }, TICK_MS);
    });
  }

  #outcome(unacknowledged: number): GeneratorOutcome {
    const { user, system } = process.cpuUsage();
    return {
      acknowledged: this.#acknowledged.toRanges(),
      acknowledgedCount: this.#acknowledged.count,
      unacknowledged,
      skipped: this.#skipped,
      reconnects: this.#reconnects,
      ackMs: percentiles(this.#latencies),
      firstPublishAt: performance.timeOrigin + this.#startedAt,
      lastAcknowledgedAt: performance.timeOrigin + this.#lastAcknowledgedAt,
      cpuSeconds: (user + system) / 1e6,
    };
  }
}
