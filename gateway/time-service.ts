import type { TimeCommand } from '../contract/command.ts';
import { limits } from '../contract/limits.ts';
import { channelTopic } from '../contract/topics.ts';
import type { Logger } from '../runtime/log.ts';
import type { Broker } from './broker/broker.ts';

/** How often the gateway looks whether its wall clock was set: until it has noticed, it refuses what agents rightly stamp. */
const LOOK_EVERY_MS = 1000;
/** Agents take times within 2 s for the same: a smaller step is no news to them. */
const STEP_MS = 2000;
/** A device is answered this often at most: agents ask when they connect and every few minutes. */
const ANSWER_EVERY_MS = 100;

export interface TimeServiceOptions {
  publish: Broker['publish'];
  /** Wall clock, ms. */
  now: () => number;
  /** Milliseconds of a clock that nobody sets. */
  monotonicMs: () => number;
  log: Logger;
}

/**
 * Tells devices the gateway's time on their command topic: whenever they subscribe to it, which is how they ask, and when the
 * gateway's own clock was set to another time. A gateway whose clock has plainly not been set keeps quiet.
 */
export class TimeService {
  readonly #options: TimeServiceOptions;
  /** When each device that ever asked was answered last, monotonic ms. There are as many as accounts of devices. */
  readonly #answered = new Map<string, number>();
  #offset: number;
  #saidUnset = false;

  constructor(options: TimeServiceOptions) {
    this.#options = options;
    this.#offset = options.now() - options.monotonicMs();
  }

  /** A device has subscribed to a filter; if that is its command topic, it is told the time. */
  subscribed(site: string, device: string, filter: string): void {
    const topic = channelTopic(site, device, 'command');
    if (filter !== topic) return;
    const now = this.#options.monotonicMs();
    if (now - (this.#answered.get(topic) ?? Number.NEGATIVE_INFINITY) < ANSWER_EVERY_MS) return;
    this.#answered.set(topic, now);
    this.#tell(topic);
  }

  /** Looks whether the wall clock was set, and then tells everybody. */
  look(): void {
    const { now, monotonicMs, log } = this.#options;
    const offset = now() - monotonicMs();
    const step = offset - this.#offset;
    if (Math.abs(step) < STEP_MS) return;
    this.#offset = offset;
    log.warn({ step_seconds: Math.round(step / 1000) }, 'the clock of this machine was set: devices are told');
    for (const topic of this.#answered.keys()) this.#tell(topic);
  }

  /** Starts looking. Returns how to stop it. */
  start(): () => void {
    const timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }

  #tell(topic: string): void {
    const { publish, now, log } = this.#options;
    const time = now();
    if (time < limits.earliestMs) {
      if (!this.#saidUnset) {
        log.error(
          `the clock of this machine shows ${new Date(time).toISOString()}: it has not been set, devices keep their samples`,
        );
      }
      this.#saidUnset = true;
      return;
    }
    publish(topic, JSON.stringify({ command: 'time', time } satisfies TimeCommand), { qos: 0, retain: false });
  }
}
