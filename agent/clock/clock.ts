import type { Logger } from '../../runtime/log.ts';
import type { AgentEvent } from '../events.ts';
import type { Host } from '../host/host.ts';
import type { BootTimes } from './boot-times.ts';
import { ClockEvents } from './clock-events.ts';
import { decideTime, EXACT_MS, type KnownTime } from './decide.ts';
import type { GatewayTime } from './gateway-time.ts';
import { NtpWatch } from './ntp-watch.ts';
import { OwnClock, STEP_MS } from './own-clock.ts';
import { Question } from './question.ts';

/** A quartz that nobody disciplines strays by 0.1 s at most meanwhile. */
const ASK_EVERY_MS = 10 * 60_000;
/** How often the gateway is asked while samples wait for it, or its answers are slow. */
const ASK_SOON_MS = 15_000;
const TICK_MS = 5000;
/** A gateway that speaks out of turn within this time after its answer has nothing new to say. */
const NEWS_AFTER_MS = 1000;

export interface ClockOptions {
  host: Host;
  boots: BootTimes;
  /** Asks the gateway for its time and calls back when the question was taken, or cannot be put. The answer comes to `told`. */
  ask: (taken: (granted: boolean) => void) => void;
  /** Called when samples that had to wait may be sendable. */
  onChange: () => void;
  raise: (event: AgentEvent) => void;
  log: Logger;
}

/**
 * What time it is, on a machine whose wall clock may not be set. Samples carry monotonic times; this tells what to add to them, as soon
 * as NTP or the gateway says, and whether it has to be thought over because the wall clock was stepped.
 */
export class Clock {
  readonly #options: ClockOptions;
  readonly #question: Question;
  readonly #ntp: NtpWatch;
  readonly #own: OwnClock;
  readonly #events: ClockEvents;
  #known: KnownTime | undefined;
  #gateway: GatewayTime | undefined;
  #saved: number | undefined;
  /** Set while it is being decided what the time is. */
  #deciding: Promise<void> | undefined;
  #again = false;
  /** True while what is known may be wrong: nothing is dated before it has been decided anew. */
  #doubtful = false;
  #askAt = 0;
  #decidedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ClockOptions) {
    const { host, boots, ask, raise, log } = options;
    this.#options = options;
    this.#question = new Question({ ask, monotonicMs: host.monotonicMs });
    this.#ntp = new NtpWatch({ host, log, onSynchronised: () => this.#decide() });
    this.#own = new OwnClock(host);
    this.#events = new ClockEvents(raise, log);
    this.#saved = boots.offsetOf(boots.machineBoot);
    if (this.#saved !== undefined) this.#known = { offset: this.#saved, source: 'gateway', own: false, exact: true };
  }

  start(): void {
    this.#ntp.start();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#ntp.stop();
    this.#question.cancel();
  }

  /** There is a new connection to the gateway: it is asked before anything is sent. */
  connected(): void {
    this.#events.connected(this.#options.host.monotonicMs());
    this.#question.cancel();
    this.#doubt();
  }

  /** The gateway has told its time, ms since 1970: as an answer, or because its clock was set. */
  told(time: number): void {
    if (this.#question.answered(time)) return;
    if (this.#options.host.monotonicMs() - this.#decidedAt >= NEWS_AFTER_MS) this.#doubt();
  }

  /** Looks whether the wall clock was stepped. To be called before a sample is dated. */
  look(): void {
    const step = this.#own.look();
    if (step === 0) {
      if (this.#known?.own) this.#known = { ...this.#known, offset: this.#own.offset };
      return;
    }
    const step_seconds = Math.round(step / 100) / 10;
    this.#options.log.warn({ step_seconds }, 'the wall clock was stepped: samples not yet sent are dated anew');
    // What was known before stays: the monotonic clock was not stepped.
    if (this.#known?.own) this.#known = { ...this.#known, own: false };
    this.#ntp.doubt();
    this.#doubt();
  }

  /** True while samples can be dated. */
  get ready(): boolean {
    return this.#known !== undefined && !this.#doubtful;
  }

  /** True when everybody who may know the time has been asked since the connection was made or the clock was stepped. */
  get settled(): boolean {
    return !this.#doubtful;
  }

  /** What to add to monotonic times of a start of the machine, ms; undefined when, or as long as, nobody knows. */
  offsetOf(machineBoot: string): number | undefined {
    const { boots } = this.#options;
    return machineBoot === boots.machineBoot ? this.#known?.offset : boots.offsetOf(machineBoot);
  }

  /** Wall clock time as far as it is known, else as the machine has it; whole ms since 1970. */
  now(): number {
    return Math.round(this.#options.host.monotonicMs() + (this.#known?.offset ?? this.#own.offset));
  }

  /** The gateway's wall clock at this moment, ms since 1970; undefined when it never told. */
  gatewayNow(): number | undefined {
    return this.#gateway === undefined ? undefined : this.#options.host.monotonicMs() + this.#gateway.offset;
  }

  get source(): KnownTime['source'] | 'none' {
    return this.#known?.source ?? 'none';
  }

  /** False when dates may be wrong by more than 2 s. */
  get exact(): boolean {
    return this.#known?.exact ?? false;
  }

  /** This machine's wall clock less the gateway's, ms. */
  get differenceMs(): number | undefined {
    return this.#gateway === undefined ? undefined : this.#own.offset - this.#gateway.offset;
  }

  /** Steps of the wall clock seen so far. */
  get steps(): number {
    return this.#own.steps;
  }

  #doubt(): void {
    this.#doubtful = true;
    this.#decide();
  }

  /** Decides anew; when that is going on already, once more afterwards. */
  #decide(): void {
    this.#again = true;
    this.#deciding ??= this.#decideWhileAsked().finally(() => {
      this.#deciding = undefined;
      this.#doubtful = false;
      this.#options.onChange();
    });
  }

  async #decideWhileAsked(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      const gateway = await this.#question.ask();
      if (gateway !== undefined) this.#gateway = gateway;
      // A step that has come meanwhile has everything asked once more.
      this.look();
      // Who asks NTP starts a process: what the gateway confirms needs none, and samples wait meanwhile.
      if (!this.#weigh()?.own) await this.#ntp.looked;
      this.#settle(this.#weigh());
    }
    this.#decidedAt = this.#options.host.monotonicMs();
    this.#askAt = this.#decidedAt + (this.#mustAskSoon() ? ASK_SOON_MS : ASK_EVERY_MS);
  }

  #weigh(): KnownTime | undefined {
    const { host } = this.#options;
    return decideTime({
      now: host.monotonicMs(),
      own: this.#own.offset,
      ntp: this.#ntp.synchronised,
      gateway: this.#gateway,
      before: this.#known,
    });
  }

  #settle(known: KnownTime | undefined): void {
    const { log, boots } = this.#options;
    const before = this.#known;
    this.#known = known;
    if (known === undefined) return;
    const change = before === undefined ? undefined : Math.round(known.offset - before.offset);
    if (change === undefined || Math.abs(change) >= STEP_MS || known.source !== before?.source) {
      const { source, own, exact } = known;
      const time = new Date(this.now()).toISOString();
      log.info({ source, own, exact, change_ms: change, time }, 'the time is known');
    }
    if (!known.exact || (this.#saved !== undefined && Math.abs(known.offset - this.#saved) < STEP_MS)) return;
    try {
      boots.save(known.offset);
      this.#saved = known.offset;
    } catch (error) {
      log.warn(
        { err: error },
        'the time of this start cannot be written down: should the power fail, samples on disk have no date',
      );
    }
  }

  #mustAskSoon(): boolean {
    return this.#known === undefined || !this.#known.exact || this.#disagrees();
  }

  /** NTP tells another time than the gateway. */
  #disagrees(): boolean {
    if (this.#known?.source !== 'ntp' || this.#gateway === undefined) return false;
    return Math.abs(this.#known.offset - this.#gateway.offset) - this.#gateway.error > EXACT_MS;
  }

  #tick(): void {
    const now = this.#options.host.monotonicMs();
    this.look();
    if (now >= this.#askAt && this.#deciding === undefined) this.#decide();
    const differenceMs = this.#disagrees() ? this.differenceMs : undefined;
    this.#events.review({ now, known: this.#known !== undefined, differenceMs });
  }
}
