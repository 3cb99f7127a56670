import { describe, expect, test } from 'vitest';
import { parseDhclientLeases } from '../../../agent/collectors/lease/dhclient.ts';
import { createLease } from '../../../agent/collectors/lease/lease.ts';
import { prefixLengthOf } from '../../../agent/collectors/lease/lease-facts.ts';
import { parseNetworkdLease } from '../../../agent/collectors/lease/networkd.ts';
import { LinuxHost } from '../../../agent/host/linux.ts';
import { fixture, makeTree, noSignal } from '../tree.ts';

const dhclient4 = fixture('lease/dhclient.eth0.leases');
const dhclient6 = fixture('lease/dhclient6.eth0.leases');
const networkd = fixture('lease/networkd');

describe('a lease of systemd-networkd', () => {
  test('is read with its time spans', () => {
    expect(parseNetworkdLease(networkd, 'leases/2')).toEqual({
      ...{ family: 'ipv4', client: 'systemd-networkd', address: '198.51.100.20', prefixLength: 23 },
      ...{ server: '198.51.100.2', routers: ['198.51.100.1'], nameServers: ['198.51.100.3', '198.51.100.4'] },
      ...{ domain: 'school.example', leaseSeconds: 3600, renewSeconds: 1800, rebindSeconds: 3150 },
    });
  });

  test.each([
    ['LIFETIME=86400', 86_400],
    ['LIFETIME=1w 2d 3h', 788_400],
    ['LIFETIME=infinity', undefined],
    ['LIFETIME=4294967295', undefined],
    ['', undefined],
  ])('with %s lasts %s s', (line, seconds) => {
    expect(parseNetworkdLease(`ADDRESS=192.0.2.9\n${line}\n`, 'leases/2').leaseSeconds).toBe(seconds);
  });

  test.each([
    ['', 'leases/2 line 1: expected ADDRESS with an IPv4 address, got nothing'],
    [networkd.slice(0, 64), 'leases/2 line 3: expected KEY=VALUE, got "NETM"'],
    ['ADDRESS=192.0.2\n', 'leases/2 line 1: expected ADDRESS with an IPv4 address, got "192.0.2"'],
    ['ADDRESS=192.0.2.9\nT1=soon\n', 'leases/2 line 2: expected a time span such as 52min 30s, got "soon"'],
    ['\u0000\u0001\u0002', 'leases/2 line 1: expected KEY=VALUE'],
  ])('%j says what is wrong with it', (text, message) => {
    expect(() => parseNetworkdLease(text, 'leases/2')).toThrow(message);
  });
});

describe('leases of dhclient', () => {
  test('are read, IPv4', () => {
    expect(parseDhclientLeases(dhclient4, 'x')).toEqual([
      {
        ...{ interface: 'eth0', family: 'ipv4', client: 'dhclient', address: '192.0.2.34', prefixLength: 25 },
        ...{ server: '192.0.2.2', routers: ['192.0.2.1'], nameServers: ['192.0.2.3', '192.0.2.4'] },
        ...{ domain: 'school.example', leaseSeconds: 3600, renewSeconds: 1800, rebindSeconds: 3150 },
        endsAt: Date.UTC(2026, 11, 1, 0, 13, 51),
      },
    ]);
  });

  test('are read, IPv6', () => {
    expect(parseDhclientLeases(dhclient6, 'x')).toEqual([
      {
        ...{ interface: 'eth0', family: 'ipv6', client: 'dhclient', address: '2001:db8:5::1be' },
        ...{ nameServers: ['2001:db8:5::53'], leaseSeconds: 7200, renewSeconds: 3600, rebindSeconds: 6300 },
        endsAt: (1_796_080_431 + 7200) * 1000,
      },
    ]);
  });

  test('the last of an interface is the one that holds', () => {
    const leases = parseDhclientLeases(dhclient4 + dhclient4.replace('192.0.2.34', '192.0.2.35'), 'x');
    expect(leases.map(({ address }) => address)).toEqual(['192.0.2.35']);
  });

  test.each([
    [dhclient4.slice(0, 100), 'x line 5: expected a statement that ends with ; or a brace, got "opti"'],
    [dhclient6.split('\n').slice(0, 9).join('\n'), 'x line 9: expected the end of a block, got nothing'],
    ['}\n', 'x line 1: expected a block to end, got "}"'],
    ['a {\n'.repeat(100), 'expected at most 8 braces in one another'],
    ['lease {\n  interface "eth0";\n}\n', 'x line 1: expected fixed-address with an IPv4 address, got nothing'],
    ['lease {\n  fixed-address 192.0.2.1;\n}\n', 'x line 1: expected a lease with its interface, got nothing'],
    ['GET / HTTP/1.1\n', 'x line 1: expected a statement that ends with ; or a brace'],
  ])('%j says what is wrong with it', (text, message) => {
    expect(() => parseDhclientLeases(text, 'x')).toThrow(message);
  });
});

test.each([
  ['255.255.255.0', 24],
  ['255.255.255.255', 32],
  ['0.0.0.0', 0],
  ['255.0.255.0', undefined],
  ['255.255.255.999', undefined],
  [undefined, undefined],
])('the mask %s is a prefix of %s bits', (mask, length) => {
  expect(prefixLengthOf(mask)).toBe(length);
});

describe('the collector', () => {
  const heading =
    'Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n';
  const machine = {
    '/proc/net/dev': `${heading}  eth1: 1 2 0 0 0 0 0 0 3 4 0 0 0 0 0 0\n`,
    '/sys/class/net/eth1/ifindex': '2\n',
    '/proc/net/fib_trie': ['198.51.100.20', '192.0.2.34'].map((one) => `  |-- ${one}\n     /32 host LOCAL\n`).join(''),
    '/proc/net/if_inet6': '20010db80005000000000000000001be 02 80 00 00     eth0\n',
  };
  const files = {
    '/run/systemd/netif/leases/2': networkd,
    '/var/lib/dhcp/dhclient.eth0.leases': dhclient4,
    '/var/lib/dhcp/dhclient6.eth0.leases': dhclient6,
  };
  const collect = (tree: Record<string, string>, now = Date.UTC(2026, 10, 30, 23, 13, 52)) =>
    createLease().collect(new LinuxHost({ root: makeTree(tree), now: () => now }), {}, noSignal);

  test('tells every lease whose address the machine has', async () => {
    const collected = await collect({ ...machine, ...files });
    if ('notPresent' in collected) throw new Error(collected.notPresent);
    expect(collected.failures).toEqual([]);
    const told = collected.metrics.map(({ tags, fields }) => [
      ...Object.values(tags),
      fields['address'],
      fields['remaining_seconds'],
    ]);
    expect(told).toEqual([
      ['eth1', 'ipv4', 'systemd-networkd', '198.51.100.20', undefined],
      ['eth0', 'ipv4', 'dhclient', '192.0.2.34', 3599],
      ['eth0', 'ipv6', 'dhclient', '2001:db8:5::1be', 7199],
    ]);
    expect(collected.metrics[0]?.fields).toMatchObject({
      routers: '["198.51.100.1"]',
      prefix_length: 23,
      lease_seconds: 3600,
    });
  });

  test('does not count with a clock that was set since', async () => {
    const collected = await collect({ ...machine, ...files }, Date.UTC(2020, 0, 1));
    if ('notPresent' in collected) throw new Error(collected.notPresent);
    expect(collected.metrics.map(({ fields }) => fields['remaining_seconds'])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('hides no lease because of a file that is broken', async () => {
    const collected = await collect({ ...machine, ...files, '/run/systemd/netif/leases/2': 'nonsense' });
    if ('notPresent' in collected) throw new Error(collected.notPresent);
    expect(collected.failures.map(({ message }) => message)).toEqual([
      expect.stringContaining('netif/leases/2 line 1: expected KEY=VALUE'),
    ]);
    expect(collected.metrics).toHaveLength(2);
  });

  test.each([
    ['no files', machine],
    ['files of addresses that are gone', { ...files, '/proc/net/dev': machine['/proc/net/dev'] }],
  ])('with %s finds nothing', async (_what, tree) => {
    expect(await collect(tree)).toEqual({ notPresent: expect.stringContaining('no DHCP client keeps a lease') });
  });
});
