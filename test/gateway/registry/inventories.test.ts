import { expect, test } from 'vitest';
import type { Inventory } from '../../../contract/inventory.ts';
import { reopen, temporaryRegistry } from './temporary-registry.ts';

const inventory: Inventory = {
  type: 'DeviceMonitoring',
  general: { hostname: 'room-1', local_time: 1_764_000_000, uptime: 77 },
  hardware: { model: 'Raspberry Pi 4', memory_bytes: 4_000_000_000 },
  software: { agent: '0.1.0' },
  disks: [],
  interfaces: [],
  serial_ports: [],
  dns_servers: ['2001:db8::53'],
};

const hour = 3600_000;
const withMemory = (memory_bytes: number): Inventory => ({ ...inventory, hardware: { memory_bytes } });

test('the last inventory of a device is kept', () => {
  const { inventories } = temporaryRegistry().registry;
  expect(inventories.put('school', 'room-1', inventory, 1)).toBe('kept');
  expect(inventories.put('school', 'room-1', withMemory(8), 2)).toBe('kept');
  expect(inventories.get('school', 'room-1')).toEqual(withMemory(8));
  expect(inventories.get('annex', 'room-1')).toBeUndefined();
});

test('one that differs by the clock alone is not written again, after a restart of the gateway neither', () => {
  const { registry, path, clock } = temporaryRegistry();
  registry.inventories.put('school', 'room-1', inventory, clock.time);
  const later = { ...inventory, general: { ...inventory.general, local_time: 1_764_003_600, uptime: 3677 } };
  expect(registry.inventories.put('school', 'room-1', later, clock.time)).toBe('same');
  const again = reopen(registry, path, clock);
  expect(again.inventories.put('school', 'room-1', later, clock.time)).toBe('same');
  expect(again.inventories.get('school', 'room-1')).toEqual(inventory);
});

test('one that changes all the time is not written each time', () => {
  const { inventories } = temporaryRegistry().registry;
  const outcomes = Array.from({ length: 1000 }, (_, n) => inventories.put('school', 'wild', withMemory(n), hour));
  expect(outcomes.filter((outcome) => outcome === 'kept')).toHaveLength(6);
  expect(outcomes.at(-1)).toBe('too-often');
  expect(inventories.put('school', 'quiet', inventory, hour)).toBe('kept');
  expect(inventories.put('school', 'wild', withMemory(-1), 2 * hour)).toBe('kept');
});

test('an inventory that the schema no longer allows is none', () => {
  const { registry } = temporaryRegistry();
  registry.inventories.put('school', 'room-1', inventory, 1);
  registry.db.exec(`UPDATE inventories SET body = '{"type":"Other"}'`);
  expect(registry.inventories.get('school', 'room-1')).toBeUndefined();
});
