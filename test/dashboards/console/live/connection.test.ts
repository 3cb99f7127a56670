import { describe, expect, it } from 'vitest';
import {
  LiveConnection,
  type LiveState,
  RETRY_FIRST_MS,
  RETRY_LAST_MS,
  retryDelayMs,
} from '../../../../dashboards/console/src/live/connection.ts';

describe('retryDelayMs', () => {
  it('doubles up to a bound', () => {
    expect([0, 1, 2].map((attempt) => retryDelayMs(attempt, () => 0))).toEqual([500, 1000, 2000]);
    expect(retryDelayMs(1000, () => 0)).toBe(RETRY_LAST_MS);
  });

  it('adds up to half of it by chance', () => {
    expect(retryDelayMs(0, () => 1)).toBe(RETRY_FIRST_MS * 1.5);
  });
});

describe('LiveConnection', () => {
  it('passes events on, reconnects when the stream ends, and stops at a final error', async () => {
    const ended = new Error('session ended');
    const answers = [
      () => new Response('event: a\ndata: 1\n\n'),
      () => Promise.reject(new TypeError('refused')),
      () => new Response('event: a\ndata: 2\n\n'),
      () => Promise.reject(ended),
    ];
    const states: LiveState[] = [];
    const data: string[] = [];
    const connection = new LiveConnection({
      open: async () => (answers.shift() ?? (() => Promise.reject(ended)))(),
      onEvent: (event) => data.push(event.data),
      onState: (state) => {
        states.push(state);
        // Nobody waits in a test: the wait for the next try is ended as the `online` event of a browser would.
        if (state === 'reconnecting') queueMicrotask(() => connection.nudge(Date.now()));
      },
      isFinal: (error) => error === ended,
      random: () => 0,
    });
    await connection.run();
    expect(data).toEqual(['1', '2']);
    expect(states).toEqual(['connecting', 'live', 'reconnecting', 'reconnecting', 'live', 'reconnecting', 'stopped']);
  });

  it('ends when told to while the stream is open', async () => {
    const states: LiveState[] = [];
    const connection = new LiveConnection({
      open: async (signal) => new Response(openUntil(signal)),
      onEvent: () => {},
      onState: (state) => {
        states.push(state);
        if (state === 'live') connection.stop();
      },
      isFinal: () => false,
      random: () => 0,
    });
    await connection.run();
    expect(states).toEqual(['connecting', 'live', 'stopped']);
  });
});

/** A body without an end, as a stream has, until the request is aborted. */
function openUntil(signal: AbortSignal): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      signal.addEventListener('abort', () => controller.error(signal.reason));
    },
  });
}
