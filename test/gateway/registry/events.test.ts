import { expect, test } from 'vitest';
import type { DeviceEvent } from '../../../contract/event.ts';
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

test('an event is kept as it came, once', () => {
  const { events } = temporaryRegistry().registry;
  expect(events.add('school', 'room-1', event, 1000)).toBe(true);
  expect(events.add('school', 'room-1', event, 2000)).toBe(false);
  expect(events.add('school', 'room-2', event, 3000)).toBe(true);
  const [second, first] = events.list({ limit: 10 });
  expect(first).toEqual({ id: first?.id, receivedAt: 1000, site: 'school', device: 'room-1', event });
  expect(events.list({ limit: 10, device: 'room-2' })).toEqual([second]);
  expect(events.list({ limit: 10, before: second?.id })).toEqual([first]);
});

test('events without boot and seq are never taken for the same', () => {
  const { events } = temporaryRegistry().registry;
  const { boot: _boot, seq: _seq, ...plain } = event;
  expect([events.add('school', 'a', plain, 1), events.add('school', 'a', plain, 1)]).toEqual([true, true]);
});

test('events are kept for 185 days and more, and not for ever', () => {
  const { registry, clock } = temporaryRegistry();
  registry.events.add('school', 'room-1', event, clock.time);
  clock.pass(186 * 24 * 3600_000);
  registry.prune();
  expect(registry.events.list({ limit: 9 })).toHaveLength(1);
  clock.pass(30 * 24 * 3600_000);
  registry.prune();
  expect(registry.events.list({ limit: 9 })).toHaveLength(0);
});
