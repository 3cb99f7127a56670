import { expect, test } from 'vitest';
import type { Inventory } from '../../../contract/inventory.ts';
import { temporaryRegistry } from './temporary-registry.ts';

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

test('the last inventory of a device is kept', () => {
  const { inventories } = temporaryRegistry().registry;
  inventories.put('school', 'room-1', inventory, 1);
  const newer = { ...inventory, general: { ...inventory.general, uptime: 99 } };
  inventories.put('school', 'room-1', newer, 2);
  expect(inventories.get('school', 'room-1')).toEqual(newer);
  expect(inventories.get('annex', 'room-1')).toBeUndefined();
});

test('an inventory that the schema no longer allows is none', () => {
  const { registry } = temporaryRegistry();
  registry.inventories.put('school', 'room-1', inventory, 1);
  registry.db.exec(`UPDATE inventories SET body = '{"type":"Other"}'`);
  expect(registry.inventories.get('school', 'room-1')).toBeUndefined();
});
