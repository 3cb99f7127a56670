import { expect, test } from 'vitest';
import { type LiveEvent, LiveFeed } from '../../../gateway/http/live-feed.ts';

const event: LiveEvent = { type: 'telemetry', site: 'school', device: 'room-1', points: [] };

test('who listens at that moment gets the event', () => {
  const feed = new LiveFeed();
  const [first, second]: LiveEvent[][] = [[], []];
  feed.publish(event);
  const stop = feed.subscribe((got) => first?.push(got));
  feed.subscribe((got) => second?.push(got));
  feed.publish(event);
  stop();
  feed.publish(event);
  expect([first, second]).toEqual([[event], [event, event]]);
});

test('it tells when nobody listens', () => {
  const feed = new LiveFeed();
  expect(feed.hasListeners).toBe(false);
  const stop = feed.subscribe(() => {});
  expect(feed.hasListeners).toBe(true);
  stop();
  expect(feed.hasListeners).toBe(false);
});
