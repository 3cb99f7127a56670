import { describe, expect, test } from 'vitest';
import { encodeAddress, parseAddressText } from '../../../agent/collectors/ipv6/address.ts';
import { advertisedReading, routerMetrics } from '../../../agent/collectors/ipv6/advertised-reading.ts';
import { parseDualStackTarget } from '../../../agent/collectors/ipv6/dual-stack.ts';
import { parseIpRouteGet } from '../../../agent/collectors/ipv6/ip-route-get.ts';
import { nat64Prefixes } from '../../../agent/collectors/ipv6/nat64.ts';
import { parseMtuPing } from '../../../agent/collectors/ipv6/path-mtu.ts';
import { parseRdisc6 } from '../../../agent/collectors/ipv6/rdisc6.ts';
import { fixture } from '../tree.ts';

const capture = fixture('ipv6/rdisc6');

describe('rdisc6', () => {
  test('is read whole', () => {
    const { advertisements, notUnderstood } = parseRdisc6(capture);
    expect(notUnderstood).toEqual([]);
    expect(advertisements).toEqual([
      {
        ...{ router: 'fe80::2466:76ff:fe7f:c6e0', hopLimit: 64, managed: true, otherConfig: false },
        ...{ preference: 'high', lifetimeSeconds: 600, reachableMs: 30_000, retransmitMs: undefined, mtuBytes: 1400 },
        prefixes: [
          { prefix: '2001:db8:5::/64', onLink: true, autonomous: true, validSeconds: 3600, preferredSeconds: 1800 },
          {
            ...{ prefix: 'fd00:5::/64', onLink: true, autonomous: false },
            ...{ validSeconds: undefined, preferredSeconds: undefined },
          },
          { prefix: '2001:db8:6::/64', onLink: false, autonomous: true, validSeconds: 3000, preferredSeconds: 0 },
        ],
        routes: [{ prefix: '2001:db8:99::/48', preference: 'low', lifetimeSeconds: 1000 }],
        nameServers: [
          { address: '2001:db8:5::53', lifetimeSeconds: 300 },
          { address: 'fd00:5::53', lifetimeSeconds: 300 },
        ],
        searchList: ['school.example', 'lab.school.example'],
      },
      {
        ...{ router: 'fe80::2', hopLimit: undefined, managed: false, otherConfig: true, preference: 'medium' },
        ...{ lifetimeSeconds: 0, reachableMs: undefined, retransmitMs: 1000, mtuBytes: undefined },
        ...{ prefixes: [], routes: [], searchList: [] },
        nameServers: [{ address: 'fe80::53', lifetimeSeconds: undefined }],
      },
    ]);
  });

  test('cut short anywhere, it is an error or has lost whole advertisements only', () => {
    for (let length = 0; length < capture.length; length += 11) {
      const cut = (): string[] => parseRdisc6(capture.slice(0, length)).advertisements.map(({ router }) => router);
      let routers: string[] = [];
      try {
        routers = cut();
      } catch (error) {
        expect(error).toMatchObject({ code: 'parse_failed' });
      }
      for (const router of routers) expect('fe80::2466:76ff:fe7f:c6e0 fe80::2').toContain(router);
    }
  });

  test('names what it does not know, and refuses nonsense with its line', () => {
    const newer = capture.replace(' MTU   ', ' PREF64 prefix            : 64:ff9b::/96\n MTU   ');
    expect(parseRdisc6(newer).notUnderstood).toMatchObject([{ field: 'PREF64 prefix' }]);
    expect(() => parseRdisc6(capture.replace('600 (0x', 'soon (0x'))).toThrow('rdisc6 line 9: expected a number');
    expect(() => parseRdisc6(capture.replace('2001:db8:5::/64', '2001:db8:5::/640'))).toThrow(
      'a prefix with its length',
    );
    expect(() => parseRdisc6(capture.replace(' Yes', ' Perhaps'))).toThrow('expected Yes or No, got "Perhaps"');
    expect(parseRdisc6('nonsense').advertisements).toEqual([]);
  });
});

test('a router that only advertises and one that is only in use both have a point', () => {
  const heard = parseRdisc6(capture).advertisements.map((one) => ({ ...one, interface: 'eth0', heardAt: 1000 }));
  const points = routerMetrics([{ address: 'fe80::9', interface: 'eth1', metric: 7, origin: 'static' }], heard, 61_000);
  expect(
    points.map(({ tags, fields }) => [tags['router'], fields['default_router'], fields['lifetime_seconds']]),
  ).toEqual([
    ['fe80::9', true, undefined],
    ['fe80::2466:76ff:fe7f:c6e0', false, 540],
    ['fe80::2', false, 0],
  ]);
  expect(points[1]?.fields).toMatchObject({ heard_seconds: 60, deprecated_prefix_count: 1, prefix_count: 3 });
  const reading = advertisedReading(heard, [], 61_000);
  expect(reading).toMatchObject({ ra_managed: true, ra_other_config: true, ra_name_server_count: 3 });
  expect(reading.unaddressed_prefixes).toBe(JSON.stringify(['2001:db8:5::/64', '2001:db8:6::/64']));
  // After five minutes the first router's name servers are over, after 50 minutes its second prefix is.
  expect(advertisedReading(heard, [], 301_000).ra_name_servers).toBe('["fe80::53%eth0"]');
  expect(points[2]?.fields['name_servers']).toBe('[{"address":"fe80::53%eth0"}]');
  // Two links may each have a name server of the same link-local address.
  const both = [...heard, ...heard.map((one) => ({ ...one, interface: 'eth1' }))];
  expect(advertisedReading(both, [], 301_000).ra_name_servers).toBe('["fe80::53%eth0","fe80::53%eth1"]');
  expect(advertisedReading(heard, [], 3_001_000).unaddressed_prefixes).toBe('["2001:db8:5::/64"]');
});

describe('the prefix of NAT64', () => {
  // RFC 6052 §2.4 and table 1, with 192.0.0.170 in place of its address.
  test.each([
    ['2001:db8:c000:aa::', '2001:db8::/32'],
    ['2001:db8:1c0:0:aa::', '2001:db8:100::/40'],
    ['2001:db8:122:c000:0:aa00::', '2001:db8:122::/48'],
    ['2001:db8:122:3c0:0:aa::', '2001:db8:122:300::/56'],
    ['2001:db8:122:344:c0:0:aa00:0', '2001:db8:122:344::/64'],
    ['2001:db8:122:344::192.0.0.170', '2001:db8:122:344::/96'],
    ['64:ff9b::c000:ab', '64:ff9b::/96'],
  ])('of %s is %s', (address, prefix) => {
    expect(nat64Prefixes([address])).toEqual([prefix]);
  });

  test('is told apart by the second address where the first can be read twice', () => {
    const twice = '2001:db8:c000:aa::192.0.0.170';
    expect(nat64Prefixes([twice])).toEqual([]);
    expect(nat64Prefixes([twice, '2001:db8:c000:aa::192.0.0.171'])).toEqual(['2001:db8:c000:aa::/96']);
  });

  test('is none where nobody translates', () => {
    expect(nat64Prefixes([])).toEqual([]);
    expect(nat64Prefixes(['2001:db8::1', 'nonsense'])).toEqual([]);
  });
});

test('an address as text is the same again', () => {
  for (const text of ['::', '::1', 'fe80::1', '2001:db8:1:2:3:4:5:6', '::ffff:192.0.2.1', '1::']) {
    expect(encodeAddress(parseAddressText(text) ?? [])).toBe(text);
  }
  expect(encodeAddress(parseAddressText('64:ff9b::192.0.0.170') ?? [])).toBe('64:ff9b::c000:aa');
  expect(encodeAddress(parseAddressText('fe80::1%eth0') ?? [])).toBe('fe80::1');
  expect(parseAddressText('192.0.2.1')).toBeUndefined();
});

describe('ping that must not be fragmented', () => {
  test('tells an answer, what a router takes, and what was never sent', () => {
    const summary = (text: string): string =>
      `${text}\n\n2 packets transmitted, 0 received, +2 errors, 100% packet loss, time 1ms`;
    expect(parseMtuPing(summary('From 2001:db8:a::2 icmp_seq=1 Packet too big: mtu=1400'))).toEqual({
      ...{ answered: false, tooBigMtu: 1400, isRefused: true },
    });
    expect(parseMtuPing(summary('From 192.0.2.2 icmp_seq=1 Frag needed and DF set (mtu = 1399)'))?.tooBigMtu).toBe(
      1399,
    );
    expect(parseMtuPing(summary(''))).toEqual({ answered: false, tooBigMtu: undefined, isRefused: true });
    expect(parseMtuPing('2 packets transmitted, 1 received, 50% packet loss, time 1ms')).toMatchObject({
      answered: true,
    });
    expect(parseMtuPing("ping: invalid option -- 'M'")).toBeUndefined();
  });

  test('the route has what the kernel knows of the way', () => {
    const known = '[{"dst":"192.0.2.129","gateway":"192.0.2.2","dev":"eth0","flags":[],"metrics":[{"mtu":1400}]}]';
    expect(parseIpRouteGet(known)).toEqual({ interface: 'eth0', mtuBytes: 1400 });
    expect(parseIpRouteGet('[{"dst":"::1","dev":"lo"}]')).toEqual({ interface: 'lo', mtuBytes: undefined });
    expect(parseIpRouteGet('')).toBeUndefined();
    expect(() => parseIpRouteGet('[{"dst":"::1"}]')).toThrow('expected a route with dev');
    expect(() => parseIpRouteGet('[{"dst"')).toThrow('expected JSON');
  });
});

test('parseDualStackTarget takes a host and a port, and nothing else', () => {
  expect(parseDualStackTarget('www.example.edu.cn:443')).toMatchObject({ host: 'www.example.edu.cn', port: 443 });
  expect(parseDualStackTarget('[2001:db8::7]:443')).toMatchObject({ host: '2001:db8::7', port: 443 });
  for (const text of ['www.example.edu.cn', 'x:0', 'x:65536', '[x]:1', 'x y:1', '2001:db8::7:443']) {
    expect(parseDualStackTarget(text), text).toBeUndefined();
  }
});
