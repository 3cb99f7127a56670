import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import type { DeviceState } from '../../../contract/state.ts';
import type { Device } from '../../../gateway/registry/devices.ts';
import { reopen, temporaryRegistry } from './temporary-registry.ts';

const minute = 60_000;
const state = (online: boolean, boot = 'boot-one'): DeviceState => ({ online, since: 5, boot, version: '0.1.0' });

function watch(registry: ReturnType<typeof temporaryRegistry>['registry']): Device[] {
  const changes: Device[] = [];
  registry.devices.onChange((device) => changes.push(device));
  return changes;
}

test('a device is learned at its first message and kept over a restart', () => {
  const { registry, path, clock } = temporaryRegistry();
  const changes = watch(registry);
  expect(registry.devices.seen('school', 'room-1', 1000)).toBe(true);
  expect(registry.devices.seen('school', 'room-1', 2000)).toBe(false);
  expect(registry.devices.seen('annex', 'room-1', 3000)).toBe(true);
  expect(changes.map(({ site }) => site)).toEqual(['school', 'annex']);
  const again = reopen(registry, path, clock);
  expect(again.devices.get('school', 'room-1')).toMatchObject({ firstSeen: 1000, lastSeen: 2000 });
  expect(again.devices.has('school', 'room-2')).toBe(false);
});

test('further messages are written by flush only', () => {
  const { registry, path } = temporaryRegistry();
  const reader = new DatabaseSync(path, { readOnly: true });
  const stored = () => reader.prepare('SELECT last_seen FROM devices').get()?.['last_seen'];
  registry.devices.seen('school', 'room-1', 1000);
  registry.devices.seen('school', 'room-1', 2000);
  expect(stored()).toBe(1000);
  registry.devices.flush(2000);
  expect(stored()).toBe(2000);
  reader.close();
});

test('a flood of states is shown as it comes, and its last one written by flush', () => {
  const { registry, path } = temporaryRegistry();
  const reader = new DatabaseSync(path, { readOnly: true });
  const stored = () => reader.prepare('SELECT state_boot FROM devices').get()?.['state_boot'];
  const changes = watch(registry);
  for (let boot = 0; boot < 100; boot++)
    registry.devices.setState('school', 'room-1', state(true, `boot-${boot}`), 1000);
  expect(changes.length).toBeGreaterThanOrEqual(100);
  expect(stored()).not.toBe('boot-99');
  registry.devices.flush(1000);
  expect(stored()).toBe('boot-99');
  registry.devices.setState('school', 'room-1', state(true, 'boot-next'), 3000);
  expect(stored()).toBe('boot-next');
  reader.close();
});

test('a device that publishes its state is online as it says, by the clock of the gateway', () => {
  const { registry } = temporaryRegistry();
  const { devices } = registry;
  devices.setConnected('school', 'room-1', true, 900);
  devices.seen('school', 'room-1', 1000);
  devices.setState('school', 'room-1', state(true), 1000);
  expect(devices.get('school', 'room-1')).toMatchObject({ online: true, since: 1000 });
  const changes = watch(registry);
  devices.setState('school', 'room-1', state(false), 5000);
  expect(devices.get('school', 'room-1')).toMatchObject({ online: false, since: 5000 });
  devices.seen('school', 'room-1', 6000);
  expect(devices.get('school', 'room-1')).toMatchObject({ online: false, since: 5000, lastSeen: 6000 });
  devices.setState('school', 'room-1', state(true, 'boot-two'), 7000);
  expect(changes.map(({ online, since, state: told }) => [online, since, told?.boot])).toEqual([
    [false, 5000, 'boot-one'],
    [true, 7000, 'boot-two'],
  ]);
});

test('a new boot or version is told even when the device stays online', () => {
  const { registry } = temporaryRegistry();
  registry.devices.setState('school', 'room-1', state(true), 1000);
  const changes = watch(registry);
  registry.devices.setState('school', 'room-1', state(true), 2000);
  expect(changes).toEqual([]);
  registry.devices.setState('school', 'room-1', state(true, 'boot-two'), 3000);
  expect(changes).toMatchObject([{ online: true, since: 1000, state: { boot: 'boot-two' } }]);
});

test('a device without a state is online while it is connected and for five minutes after its last message', () => {
  const { registry } = temporaryRegistry();
  const { devices } = registry;
  const online = () => devices.get('school', 'telegraf')?.online;
  devices.setConnected('school', 'telegraf', true, 0);
  devices.seen('school', 'telegraf', 0);
  devices.flush(60 * minute);
  expect(online()).toBe(true);
  devices.seen('school', 'telegraf', 61 * minute);
  devices.setConnected('school', 'telegraf', false, 62 * minute);
  expect(online()).toBe(true);
  const changes = watch(registry);
  devices.flush(65 * minute);
  expect(changes).toEqual([]);
  devices.flush(66 * minute);
  expect(changes).toMatchObject([{ online: false, since: 66 * minute }]);
  devices.seen('school', 'telegraf', 70 * minute);
  expect(online()).toBe(true);
});

test('one of two connections ending leaves a device connected', () => {
  const { devices } = temporaryRegistry().registry;
  devices.setConnected('school', 'telegraf', true, 0);
  devices.setConnected('school', 'telegraf', true, 0);
  devices.seen('school', 'telegraf', 0);
  devices.setConnected('school', 'telegraf', false, 1);
  devices.flush(60 * minute);
  expect(devices.get('school', 'telegraf')?.online).toBe(true);
  devices.setConnected('school', 'telegraf', false, 61 * minute);
  expect(devices.get('school', 'telegraf')?.online).toBe(false);
});

test('after a restart a device is offline until it is heard of, and then has been online all along', () => {
  const { registry, path, clock } = temporaryRegistry();
  registry.devices.seen('school', 'back', 1000);
  registry.devices.setState('school', 'back', state(true), 1000);
  registry.devices.seen('school', 'gone', 1000);
  registry.devices.setState('school', 'gone', state(true), 1000);
  registry.devices.seen('school', 'stopped', 1000);
  registry.devices.setState('school', 'stopped', state(false), 1500);

  const again = reopen(registry, path, clock);
  const changes = watch(again);
  expect(again.devices.list({ limit: 9 }).map(({ online }) => online)).toEqual([false, false, false]);
  again.devices.seen('school', 'back', 9000);
  expect(changes).toMatchObject([{ device: 'back', online: true, since: 1000 }]);
  expect(again.devices.unconfirmed()).toEqual([{ site: 'school', device: 'gone' }]);

  again.devices.setState('school', 'gone', state(false), 20_000);
  expect(again.devices.get('school', 'gone')).toMatchObject({ online: false, since: 20_000 });
  expect(again.devices.unconfirmed()).toEqual([]);
});

test('a device that takes its state back is judged by its messages', () => {
  const { devices } = temporaryRegistry().registry;
  devices.seen('school', 'room-1', 0);
  devices.setState('school', 'room-1', state(false), 0);
  devices.setState('school', 'room-1', undefined, minute);
  expect(devices.get('school', 'room-1')).toMatchObject({ online: true, state: undefined });
  devices.flush(10 * minute);
  expect(devices.get('school', 'room-1')?.online).toBe(false);
});

test('devices are listed by site and id, page by page', () => {
  const { devices } = temporaryRegistry().registry;
  for (const [site, device] of [
    ['b', '1'],
    ['a', '2'],
    ['a', '10'],
    ['a', '1'],
  ] as const)
    devices.seen(site, device, 1);
  const names = (list: Device[]) => list.map(({ site, device }) => `${site}/${device}`);
  expect(names(devices.list({ limit: 3 }))).toEqual(['a/1', 'a/10', 'a/2']);
  expect(names(devices.list({ limit: 3, after: { site: 'a', device: '2' } }))).toEqual(['b/1']);
  expect(names(devices.list({ limit: 3, site: 'b' }))).toEqual(['b/1']);
});

test('a listener that stops is told no more', () => {
  const { registry } = temporaryRegistry();
  const told: string[] = [];
  const stop = registry.devices.onChange(({ device }) => told.push(device));
  registry.devices.seen('school', 'room-1', 1);
  stop();
  registry.devices.seen('school', 'room-2', 1);
  expect(told).toEqual(['room-1']);
});
