import { expect, test } from 'vitest';
import type { DeviceEvent } from '../../../contract/event.ts';
import { type EventBounds, Events, PAGE_BYTES } from '../../../gateway/registry/events.ts';
import { temporaryRegistry } from './temporary-registry.ts';

const event: DeviceEvent = {
  type: 'outbox-full',
  class: 'facility-fault',
  level: 4,
  summary: { 'zh-CN': '发件箱已满', en: 'The outbox is full' },
  facts: { dropped: 12 },
  at: 900,
  boot: 'boot-one',
  seq: 7,
};

const { boot: _boot, seq: _seq, ...unnumbered } = event;

test('an event is kept as it came, once', () => {
  const { events } = temporaryRegistry().registry;
  expect(events.add('school', 'room-1', event, 1000)).toBe('kept');
  expect(events.add('school', 'room-1', event, 2000)).toBe('duplicate');
  expect(events.add('school', 'room-2', event, 3000)).toBe('kept');
  const [second, first] = events.list({ limit: 10 }).rows;
  expect(first).toEqual({ id: first?.id, receivedAt: 1000, site: 'school', device: 'room-1', event });
  expect(events.list({ limit: 10, device: 'room-2' }).rows).toEqual([second]);
  expect(events.list({ limit: 10, before: second?.id }).rows).toEqual([first]);
});

test('events without boot and seq are never taken for the same', () => {
  const { events } = temporaryRegistry().registry;
  expect([events.add('school', 'a', unnumbered, 1), events.add('school', 'a', unnumbered, 1)]).toEqual([
    'kept',
    'kept',
  ]);
});

test('events are kept for 185 days and more, and not for ever', () => {
  const { registry, clock } = temporaryRegistry();
  registry.events.add('school', 'room-1', event, clock.time);
  clock.pass(186 * 24 * 3600_000);
  registry.prune();
  expect(registry.events.list({ limit: 9 }).rows).toHaveLength(1);
  clock.pass(30 * 24 * 3600_000);
  registry.prune();
  expect(registry.events.list({ limit: 9 }).rows).toHaveLength(0);
});

const sized = (eventClass: DeviceEvent['class'], n: number): DeviceEvent => ({
  ...unnumbered,
  class: eventClass,
  facts: { text: '测'.repeat(1000), n },
});

function boundedEvents(bounds: EventBounds): Events {
  return new Events(temporaryRegistry().registry.db, bounds);
}
const numbers = (events: Events, device: string): unknown[] =>
  events.list({ limit: 500, device }).rows.map(({ event: { facts } }) => facts?.['n']);

test('a device that floods loses its own oldest operational events, and nobody else any', () => {
  const events = boundedEvents({ total: 10_000_000, device: 300_000 });
  events.add('school', 'quiet', sized('other', 1), 1);
  events.add('school', 'wild', sized('network-attack', 0), 1);
  for (let n = 1; n <= 400; n += 1) expect(events.add('school', 'wild', sized('facility-fault', n), n)).toBe('kept');
  const kept = numbers(events, 'wild');
  expect(kept.length).toBeLessThan(100);
  expect([kept[0], kept.at(-1)]).toEqual([400, 0]);
  expect(numbers(events, 'quiet')).toEqual([1]);
});

test('security events make no room: what comes when they fill the share is refused, but not what the gateway says', () => {
  const events = boundedEvents({ total: 10_000_000, device: 30_000 });
  const outcomes = Array.from({ length: 20 }, (_, n) => events.add('school', 'wild', sized('network-attack', n), n));
  expect(outcomes[0]).toBe('kept');
  expect(outcomes.at(-1)).toBe('full');
  expect(numbers(events, 'wild').at(-1)).toBe(0);
  expect(events.add('school', 'wild', sized('anomaly', 99), 99, false)).toBe('kept');
  expect(events.add('school', 'quiet', sized('network-attack', 1), 99)).toBe('kept');
});

test('when all room is taken, the device with the most operational events gives way', () => {
  const events = boundedEvents({ total: 600_000, device: 500_000 });
  for (let n = 0; n < 5; n += 1) events.add('school', 'quiet', sized('other', n), n);
  for (let n = 0; n < 145; n += 1) events.add('school', 'wild', sized('other', n), n);
  for (let n = 0; n < 60; n += 1) expect(events.add('school', 'other', sized('malware', n), n)).toBe('kept');
  expect(numbers(events, 'quiet')).toEqual([4, 3, 2, 1, 0]);
  expect(numbers(events, 'other')).toHaveLength(60);
  expect(numbers(events, 'wild')[0]).toBe(144);
});

test('what is counted holds after a restart and after events have been deleted by age', () => {
  const { registry, clock } = temporaryRegistry();
  const bounds = { total: 10_000_000, device: 30_000 };
  const first = new Events(registry.db, bounds);
  while (first.add('school', 'room-1', sized('malware', 0), clock.time) === 'kept');
  const again = new Events(registry.db, bounds);
  expect(again.add('school', 'room-1', sized('malware', 1), clock.time)).toBe('full');
  clock.pass(201 * 24 * 3600_000);
  again.prune(clock.time);
  expect(again.add('school', 'room-1', sized('malware', 2), clock.time)).toBe('kept');
});

test('a page ends where it would become too large, and the next one goes on', () => {
  const { events } = temporaryRegistry().registry;
  const large = { ...unnumbered, facts: { text: 'x'.repeat(1024), more: 'y'.repeat(1024) } };
  for (let n = 0; n < 600; n += 1) events.add('school', `room-${n % 3}`, large, n);
  const first = events.list({ limit: 500 });
  expect(first.rows.length).toBeLessThan(500);
  expect(JSON.stringify(first.rows).length).toBeLessThan(PAGE_BYTES);
  expect(first.more).toBe(true);
  const second = events.list({ limit: 500, before: first.rows.at(-1)?.id });
  expect(first.rows.length + second.rows.length).toBe(600);
  expect(second.more).toBe(false);
});
