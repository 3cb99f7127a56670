import { basename, join } from 'node:path';
import type { Logger } from '../../runtime/log.ts';
import type { Clock } from '../clock/clock.ts';
import { type AgentEvent, outboxDamaged } from '../events.ts';
import type { Sample } from '../metric.ts';
import { Lane, type LaneOptions } from './lane.ts';
import { Losses } from './losses.ts';
import type { OutboxChannel } from './message.ts';
import { type Dates, encodeEvent, encodeSamples, eventPayload, telemetryPayload } from './payload.ts';

/** The part of the outbox that is the events' alone, so that no flood of samples takes their room: some thousands of them at the default size. */
const EVENTS_SHARE = 1 / 8;

export interface OutboxOptions {
  /** Where its files lie. */
  dir: string;
  /** Bytes on disk at most. */
  maxBytes: number;
  durability: 'auto' | 'always';
  replayMessagesPerSecond: number;
  /** Names this run of the agent. */
  boot: string;
  machineBoot: string;
  clock: Pick<Clock, 'look' | 'ready' | 'settled' | 'exact' | 'offsetOf' | 'now' | 'gatewayNow'>;
  monotonicMs: () => number;
  log: Logger;
  isConnected: () => boolean;
  /** Sends a payload; true once it is acknowledged, false when there is no connection or it is lost before. */
  publish: (channel: OutboxChannel, payload: string) => Promise<boolean>;
}

/**
 * Everything that is to reach the gateway whatever happens to it: samples, which go when the room is used up, the oldest first; and events, which
 * never go for their sake. Both wait, and are dated, until the gateway is there and the time is known.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #telemetry: Lane;
  readonly #events: Lane;
  readonly #losses: Losses;
  #eventsDropped = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
    const { dir, maxBytes, durability, clock, isConnected, monotonicMs, machineBoot, log } = options;
    const raise = (event: AgentEvent): void => this.raise(event);
    this.#losses = new Losses({ monotonicMs, raise, log });
    const dates: Dates = {
      machineBoot,
      offsetOf: (start) => clock.offsetOf(start),
      now: () => clock.now(),
      gatewayNow: () => clock.gatewayNow(),
      get exact() {
        return clock.exact;
      },
    };
    const eventBytes = Math.floor(maxBytes * EVENTS_SHARE);
    this.#telemetry = this.#lane({
      channel: 'telemetry',
      path: join(dir, 'outbox.sqlite'),
      maxBytes: maxBytes - eventBytes,
      durability,
      isOpen: () => {
        clock.look();
        return isConnected() && clock.ready;
      },
      encode: (message, replayed) => telemetryPayload(message, replayed, dates),
      lost: (messages, loss) => this.#losses.add(messages, loss),
    });
    this.#events = this.#lane({
      channel: 'event',
      path: join(dir, 'outbox-events.sqlite'),
      maxBytes: eventBytes,
      // Events are rare, and each tells what no later one repeats.
      durability: 'always',
      isOpen: () => isConnected() && clock.settled,
      encode: (message) => eventPayload(message, dates, monotonicMs()),
      lost: (messages, loss) => {
        this.#eventsDropped += messages;
        log.error({ loss, dropped: this.#eventsDropped }, 'events had to be dropped from the outbox');
      },
    });
  }

  #lane(
    options: Pick<LaneOptions, 'channel' | 'path' | 'maxBytes' | 'durability' | 'isOpen' | 'encode' | 'lost'>,
  ): Lane {
    const { boot, machineBoot, replayMessagesPerSecond, monotonicMs, clock, log, publish } = this.#options;
    return new Lane({
      ...options,
      boot,
      machineBoot,
      replayMessagesPerSecond,
      monotonicMs,
      now: () => clock.now(),
      log,
      publish: (payload) => publish(options.channel, payload),
      damaged: ({ setAside, saved, lost }) => {
        log.error(
          { file: setAside, saved, lost },
          `the outbox was damaged and set aside as ${setAside}: ${saved} messages saved, at least ${lost} lost`,
        );
        this.raise(outboxDamaged({ file: basename(setAside), saved, lost }));
      },
    });
  }

  /** Messages waiting, in memory and on disk. */
  get messages(): number {
    return this.#telemetry.messages + this.#events.messages;
  }

  /** Bytes waiting, in memory and on disk. */
  get bytes(): number {
    return this.#telemetry.bytes + this.#events.bytes;
  }

  /** Messages acknowledged by the gateway. */
  get published(): number {
    return this.#telemetry.published + this.#events.published;
  }

  /** Messages dropped for want of room, or because the gateway would not take them any more. */
  get dropped(): number {
    return this.#losses.dropped + this.#eventsDropped;
  }

  /** Messages dropped because nobody knows when their samples were measured. */
  get undated(): number {
    return this.#losses.undated;
  }

  /** Takes samples and sends them as soon as possible. */
  add(samples: readonly Sample[]): void {
    if (this.#telemetry.messages === 0) this.#losses.roomAgain();
    const { contents, tooLarge } = encodeSamples(samples);
    if (tooLarge > 0) {
      this.#losses.dropped += tooLarge;
      this.#options.log.error({ samples: tooLarge }, 'samples that are larger than a message were dropped');
    }
    for (const content of contents) this.#telemetry.add(content);
  }

  /** Takes an event, which is dated as of now, and sends it as soon as possible. */
  raise(event: AgentEvent): void {
    this.#events.add(encodeEvent(event, this.#options.monotonicMs()));
  }

  /** The gateway may be there, or the time be known: what waits is sent, events first. */
  resume(): void {
    this.#events.resume();
    this.#telemetry.resume();
  }

  /** Waits until the gateway has acknowledged what is in memory, at most so many milliseconds. */
  async settle(ms: number): Promise<void> {
    await Promise.all([this.#events.settle(ms), this.#telemetry.settle(ms)]);
  }

  /** Writes what the gateway has not acknowledged to disk. */
  async close(): Promise<void> {
    await this.#telemetry.close();
    this.#losses.flush();
    await this.#events.close();
  }
}
