import type { ServerResponse } from 'node:http';
import { CampusError } from '../../contract/errors.ts';
import type { LiveEvent, LiveFeed } from './live-feed.ts';

/** Streams open at once: a control room's screens and every teacher's browser; each costs one write per event. */
export const STREAMS_MAX = 64;
/** Streams of one person or program: a control room's screens under one account, and not all there are. */
export const STREAMS_EACH = 16;
/** A client that leaves this much unread is not reading: it is dropped, and reconnects to the present. */
const UNREAD_BYTES_MAX = 1024 * 1024;
/** A comment keeps proxies from taking a quiet stream for a dead one (WHATWG HTML §9.2.7). */
const COMMENT_MS = 15_000;
/** How soon a stream ends after its session or token has. */
const CHECK_MS = 1000;
/** How long a browser waits before it reconnects. */
const RETRY_MS = 2000;

export interface Stream {
  /** What the person or program is counted by. */
  who: string;
  response: ServerResponse;
  mayStay: () => boolean;
}

/** The open streams. Each event is encoded once for all of them. */
export class StreamHub {
  readonly #live: LiveFeed;
  readonly #streams = new Set<Stream>();
  #stop: (() => void) | undefined;

  constructor(live: LiveFeed) {
    this.#live = live;
  }

  /**
   * @param who what a person or program is counted by
   * @throws CampusError `rate_limited` when as many streams are open as may be, of this one or of all
   */
  checkRoom(who: string): void {
    const own = [...this.#streams].filter((stream) => stream.who === who).length;
    if (this.#streams.size < STREAMS_MAX && own < STREAMS_EACH) return;
    throw new CampusError(
      'rate_limited',
      `expected at most ${STREAMS_EACH} open streams of one account and ${STREAMS_MAX} in all, got one more: close a console, or try again later`,
    );
  }

  /**
   * Streams to a response whose head is written, until the client goes or `mayStay` says no.
   * @param stream `mayStay` is asked every second
   */
  add(stream: Stream): void {
    const { response } = stream;
    this.#streams.add(stream);
    this.#stop ??= this.#start();
    response.on('close', () => this.#remove(stream));
    // The close that follows is what counts.
    response.on('error', () => response.destroy());
    response.write(`retry: ${RETRY_MS}\n\n`);
  }

  /** Ends every stream. */
  close(): void {
    for (const { response } of this.#streams) response.end();
    this.#streams.clear();
    this.#stopAll();
  }

  /** Listens and keeps time while there is at least one stream. */
  #start(): () => void {
    const unsubscribe = this.#live.subscribe((event) => this.#write(encodeEvent(event)));
    const comment = setInterval(() => this.#write(':\n\n'), COMMENT_MS);
    const check = setInterval(() => this.#check(), CHECK_MS);
    return () => {
      unsubscribe();
      clearInterval(comment);
      clearInterval(check);
    };
  }

  #check(): void {
    for (const { response, mayStay } of this.#streams) {
      if (!mayStay()) response.end();
    }
  }

  #write(text: string): void {
    for (const { response } of this.#streams) {
      if (response.writableEnded) continue;
      response.write(text);
      if (response.writableLength > UNREAD_BYTES_MAX) response.destroy();
    }
  }

  #remove(stream: Stream): void {
    this.#streams.delete(stream);
    if (this.#streams.size === 0) this.#stopAll();
  }

  #stopAll(): void {
    this.#stop?.();
    this.#stop = undefined;
  }
}

/** One event as the stream carries it; JSON holds no line breaks. */
function encodeEvent(event: LiveEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(dataOf(event))}\n\n`;
}

function dataOf(event: LiveEvent): unknown {
  switch (event.type) {
    case 'alert':
      return event.alert;
    case 'device':
      return event.device;
    case 'command':
      return event.command;
    case 'join-requests':
      return {};
    case 'telemetry': {
      const points = event.points.map(({ measurement, time, tags, fields }) => ({ measurement, time, tags, fields }));
      return { site: event.site, device: event.device, points };
    }
  }
}
