import { expect, test } from 'vitest';
import { addressBlock, addressPrefix, isLoopback, plainAddress } from '../../../gateway/access/network-address.ts';

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2:ffff::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:db8:1:2::', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('%s counts as %s', (address, block) => {
  expect(addressBlock(address)).toBe(block);
});

test.each([
  ['192.0.2.7', '192.0.2.0/24'],
  ['::ffff:192.0.2.7', '192.0.2.0/24'],
  ['2001:db8:1:2::3', '2001:db8:1::/48'],
])('%s is of the network %s', (address, prefix) => {
  expect(addressPrefix(address)).toBe(prefix);
});

test('loopback is told in both families', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'].every(isLoopback)).toBe(true);
  expect(['10.0.0.1', '::2', '2001:db8::127', '::ffff:10.0.0.1'].some(isLoopback)).toBe(false);
});

test('an IPv6 address stays as it is', () => {
  expect(plainAddress('2001:db8::1')).toBe('2001:db8::1');
});
