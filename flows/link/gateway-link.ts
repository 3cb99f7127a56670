import { setTimeout as delay } from 'node:timers/promises';
import type { AlertRequest } from '../../contract/alert.ts';
import { CampusError } from '../../contract/errors.ts';
import { isRejection } from '../../contract/payload.ts';
import { alertFilter, alertRequestTopic, channelFilter } from '../../contract/topics.ts';
import type { ProcessCredentials } from '../../runtime/home.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Moment } from '../rules/moment.ts';
import { waitMs } from './back-off.ts';
import { Bulletin } from './bulletin.ts';
import { parseIncoming } from './incoming.ts';
import { MAX_REQUESTS, type QueuedRequest, RequestQueue } from './request-queue.ts';
import { openSession, type Session } from './session.ts';

/** The gateway's open alerts have all come when no further one does for this long, ms; and after this long it is no use waiting. */
const QUIET_MS = 50;
const SETTLE_MS = 1000;

/** How long requests under way may take at the end, ms. */
const HAND_OVER_MS = 2000;

export interface LinkOptions {
  url: string;
  /** The site whose messages are heard. */
  site: string;
  /** Read anew for each connection: the gateway may have written others. */
  credentials: () => ProcessCredentials;
  log: Logger;
  clock: () => Moment;
  /** A number from 0 to 1. */
  random: () => number;
}

/** The one connection of this process to the gateway: kept up, and shared by all nodes. */
export class GatewayLink {
  /** What comes in, and whether the connection is up. */
  readonly bulletin = new Bulletin();
  readonly #options: LinkOptions;
  readonly #requests = new RequestQueue(MAX_REQUESTS);
  readonly #ending = new AbortController();
  #session: Session | undefined;
  #alertsHeardAt = 0;
  #running: Promise<void> | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** Requests that the gateway has not acknowledged yet. */
  get pendingRequests(): number {
    return this.#requests.size;
  }

  /** Connects, and keeps connecting; resolves when the first connection is up and everything is subscribed. */
  async open(): Promise<void> {
    const up = this.bulletin.firstUp();
    this.#running ??= this.#run();
    await up;
  }

  /** Asks the gateway to raise or clear an alert: now when it is there, else when it is back. */
  request(request: AlertRequest): void {
    const dropped = this.#requests.dropped;
    const entry = this.#requests.put(request);
    if (this.#requests.dropped > dropped) {
      this.#options.log.error(
        { code: 'queue_full' },
        `more than ${MAX_REQUESTS} alert requests wait for the gateway: the oldest is dropped`,
      );
    }
    if (this.#session !== undefined) this.#send(this.#session, entry);
  }

  /** Hands over what is under way, within `HAND_OVER_MS`, and disconnects. */
  async close(): Promise<void> {
    const deadline = this.#steady() + HAND_OVER_MS;
    while (this.#session !== undefined && this.#requests.size > 0 && this.#steady() < deadline) await delay(10);
    this.#ending.abort();
    await this.#session?.end();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#ending.signal.aborted; failures += 1) {
      const cause = await this.#attend(() => {
        failures = 0;
      });
      if (this.#ending.signal.aborted) return;
      // Once per absence is enough for the log of a gateway that is away for the night.
      const say = failures === 0 ? 'warn' : 'debug';
      const code = cause instanceof CampusError ? { code: cause.code } : {};
      const why = cause instanceof Error ? cause.message : String(cause);
      this.#options.log[say](code, `not connected to the gateway, trying again until it is there: ${why}`);
      const wait = waitMs(failures + 1, this.#options.random());
      // Nothing but the end interrupts the wait, and the loop looks at that.
      await delay(wait, undefined, { signal: this.#ending.signal }).catch(() => undefined);
    }
  }

  /** Lives through one connection; returns what ended it. */
  async #attend(onUp: () => void): Promise<unknown> {
    let session: Session | undefined;
    try {
      session = await openSession({
        url: this.#options.url,
        credentials: this.#options.credentials(),
        onMessage: (topic, payload) => this.#receive(topic, payload),
      });
      // Asked to end while the connection came up.
      if (this.#ending.signal.aborted) return undefined;
      await this.#subscribe(session);
      onUp();
      this.#session = session;
      this.#options.log.info({ url: this.#options.url }, 'connected to the gateway');
      for (const entry of this.#requests.pending()) this.#send(session, entry);
      this.bulletin.connected(true);
      return await session.closed;
    } catch (error) {
      return error;
    } finally {
      this.#session = undefined;
      this.bulletin.connected(false);
      await session?.end();
    }
  }

  /** The open alerts come first: a rule must know what is raised already before it sees the values that would raise it. */
  async #subscribe(session: Session): Promise<void> {
    const { site } = this.#options;
    this.bulletin.openAlertsFollow();
    await session.subscribe({ [alertFilter(site)]: { qos: 1 } });
    const began = this.#steady();
    this.#alertsHeardAt = began;
    do await delay(QUIET_MS);
    while (this.#steady() - this.#alertsHeardAt < QUIET_MS && this.#steady() - began < SETTLE_MS);
    this.bulletin.openAlertsComplete();
    await session.subscribe({
      [channelFilter(site, 'state')]: { qos: 1 },
      [channelFilter(site, 'event')]: { qos: 1 },
      // A lost sample is followed by the next one; acknowledging each would cost more than it gives.
      [channelFilter(site, 'telemetry')]: { qos: 0 },
    });
  }

  #steady(): number {
    return this.#options.clock().steady;
  }

  #receive(topic: string, payload: Uint8Array): void {
    const message = parseIncoming(topic, payload, {
      wants: (measurement) => this.bulletin.wants(measurement),
      now: this.#options.clock().wall,
    });
    if (message === undefined) return;
    if (isRejection(message)) {
      // The gateway keeps the reject where people see it.
      this.#options.log.debug({ topic, code: message.code, detail: message.detail }, 'message refused');
      return;
    }
    if (message.channel === 'alerts') this.#alertsHeardAt = this.#steady();
    this.bulletin.message(message);
  }

  #send(session: Session, entry: QueuedRequest): void {
    session.publish(alertRequestTopic(this.#options.site), JSON.stringify(entry.request)).then(
      () => this.#requests.acknowledged(entry),
      // It stays in the queue and goes out with the next connection.
      (error: unknown) =>
        this.#options.log.debug({ err: error, rule: entry.request.rule }, 'alert request not acknowledged'),
    );
  }
}
