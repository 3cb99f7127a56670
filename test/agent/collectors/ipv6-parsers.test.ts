import { describe, expect, test } from 'vitest';
import { encodeAddress, isEui64, parseHexAddress, scopeOf } from '../../../agent/collectors/ipv6/address.ts';
import { parseIfInet6 } from '../../../agent/collectors/ipv6/if-inet6.ts';
import { parseIpAddresses, parseIpRoutes } from '../../../agent/collectors/ipv6/ip-json.ts';
import { defaultRoutes, parseIpv6Route } from '../../../agent/collectors/ipv6/ipv6-route.ts';
import { ipv6SharePercent, octetsSince, parseNetstat, parseSnmp6 } from '../../../agent/collectors/ipv6/octets.ts';
import { parseTarget } from '../../../agent/collectors/ipv6/reachability.ts';
import { parseResolvConf } from '../../../agent/collectors/ipv6/resolv-conf.ts';
import { fixture } from '../tree.ts';

const place = { source: 'x', line: 1 };
const groups = (hex: string) => parseHexAddress(hex, place);

describe('addresses', () => {
  // RFC 5952 §4 and §5.
  test.each([
    ['20010db8000000000000000000000001', '2001:db8::1'],
    ['20010db8000000010000000100000001', '2001:db8:0:1:0:1:0:1'],
    ['20010db8000000000001000000000001', '2001:db8::1:0:0:1'],
    ['20010000000000010000000000000001', '2001:0:0:1::1'],
    ['20010db8000100010001000100010000', '2001:db8:1:1:1:1:1:0'],
    ['20010DB8AAAABBBBCCCCDDDDEEEE0001', '2001:db8:aaaa:bbbb:cccc:dddd:eeee:1'],
    ['00000000000000000000000000000000', '::'],
    ['00000000000000000000000000000001', '::1'],
    ['fe800000000000000000000000000000', 'fe80::'],
    ['00000000000000000000ffffc0000201', '::ffff:192.0.2.1'],
  ])('%s is %s', (hex, text) => {
    expect(encodeAddress(groups(hex))).toBe(text);
  });

  test('have the scope of their prefix', () => {
    expect(scopeOf(groups('fe80000000000000020c29fffea4e315'))).toBe('link-local');
    expect(scopeOf(groups('febf0000000000000000000000000001'))).toBe('link-local');
    expect(scopeOf(groups('fd123456789000010000000000000001'))).toBe('ula');
    expect(scopeOf(groups('fc000000000000000000000000000001'))).toBe('ula');
    expect(scopeOf(groups('20010db8000000000000000000000001'))).toBe('global');
    expect(scopeOf(groups('fec00000000000000000000000000001'))).toBe('global');
    expect(scopeOf(groups('00000000000000000000000000000001'))).toBe('loopback');
  });

  test('show a MAC address in their interface id', () => {
    expect(isEui64(groups('fe80000000000000020c29fffea4e315'))).toBe(true);
    expect(isEui64(groups('fe80000000000000020c29fefea4e315'))).toBe(false);
    expect(isEui64(groups('20010db8000000000000000000000001'))).toBe(false);
  });
});

describe('parseIfInet6', () => {
  test('reads the address, the prefix length and each flag', () => {
    const addresses = parseIfInet6(fixture('ipv6/if_inet6'));
    const none = { temporary: false, dadFailed: false, deprecated: false, tentative: false, permanent: false };
    expect(addresses.map(({ groups: g, interface: name, ...rest }) => [encodeAddress(g), name, rest])).toEqual([
      ['fe80::20c:29ff:fea4:e315', 'eth0', { ...none, prefixLength: 64, permanent: true }],
      ['::1', 'lo', { ...none, prefixLength: 128, permanent: true }],
      ['2001:db8:0:1:20c:29ff:fea4:e315', 'eth0', { ...none, prefixLength: 64 }],
      ['2001:db8:0:1:9988:6d1e:4f2a:c3b', 'eth0', { ...none, prefixLength: 64, temporary: true }],
      ['2001:db8:0:1:42aa:1b2c:3d4e:5f60', 'eth0', { ...none, prefixLength: 64, temporary: true, deprecated: true }],
      ['fd12:3456:7890:1::beef', 'eth0', { ...none, prefixLength: 128 }],
      ['2001:db8:0:2::5', 'wlan0', { ...none, prefixLength: 64, permanent: true }],
      ['fe80::9d2b:3c4d:5e6f:7081', 'wlan0', { ...none, prefixLength: 64, permanent: true, tentative: true }],
      ['fd12:3456:7890:2::7', 'wlan0', { ...none, prefixLength: 64, permanent: true, dadFailed: true }],
    ]);
  });

  test('refuses truncated and nonsense lines', () => {
    expect(() => parseIfInet6('fe80000000000000020c29fffea4e315 02 40 20')).toThrow(
      '/proc/net/if_inet6 line 1: expected six columns',
    );
    expect(() => parseIfInet6('fe8000000000 02 40 20 80 eth0\n')).toThrow(
      'expected an address of 32 hexadecimal digits, got "fe8000000000"',
    );
    expect(() => parseIfInet6('fe80000000000000020c29fffea4e315 02 4x 20 80 eth0\n')).toThrow(
      'prefix length in hexadecimal, got "4x"',
    );
    expect(() => parseIfInet6('fe80000000000000020c29fffea4e315 02 81 20 80 eth0\n')).toThrow(
      'a prefix length of at most 128',
    );
    expect(() => parseIfInet6('\nnonsense\n')).toThrow('line 2');
  });
});

describe('parseIpv6Route', () => {
  test('reads the columns and finds the routes that lead out', () => {
    const routes = parseIpv6Route(fixture('ipv6/ipv6_route'));
    expect(routes).toHaveLength(8);
    const [advertised, manual, ...others] = defaultRoutes(routes);
    expect(others).toEqual([]);
    expect(advertised).toMatchObject({ interface: 'eth0', metric: 1024, fromAdvertisement: true });
    expect(encodeAddress(advertised?.gateway ?? [])).toBe('fe80::1');
    expect(manual).toMatchObject({ interface: 'wlan0', metric: 2048, fromAdvertisement: false });
    expect(routes[0]).toMatchObject({ prefixLength: 64, gateway: undefined, metric: 256, fromAdvertisement: true });
  });

  test('refuses truncated and nonsense lines', () => {
    const [line = ''] = fixture('ipv6/ipv6_route').split('\n');
    expect(() => parseIpv6Route(line.slice(0, 100))).toThrow('/proc/net/ipv6_route line 1: expected ten columns');
    expect(() => parseIpv6Route(line.replace(' 00000100 ', ' 0000010g '))).toThrow(
      'expected metric in hexadecimal, got "0000010g"',
    );
    expect(() => parseIpv6Route('default via fe80::1 dev eth0 proto ra metric 1024 expires 1799sec\n')).toThrow(
      'line 1',
    );
  });
});

describe('bytes by family', () => {
  test('are read from their files', () => {
    expect(parseSnmp6(fixture('ipv6/snmp6'))).toMatchObject({ rxBytes: 113479132, txBytes: 9842685 });
    expect(parseSnmp6('Ip6InOctets 1\nIcmp6InRouterAdvertisements 7\n').raReceived).toBe(7);
    expect(parseNetstat(fixture('ipv6/netstat'))).toEqual({ rxBytes: 190585481, txBytes: 7512674 });
  });

  test('truncated and nonsense files are refused', () => {
    expect(() => parseSnmp6('Ip6InOctets\n')).toThrow(
      '/proc/net/snmp6 line 1: expected Ip6InOctets as a decimal count, got nothing',
    );
    expect(() => parseSnmp6('Ip6InOctets x\n')).toThrow('got "x"');
    expect(() => parseSnmp6('')).toThrow('expected a line "Ip6InOctets"');
    const whole = fixture('ipv6/netstat');
    expect(() => parseNetstat(whole.slice(0, whole.indexOf('190585481')))).toThrow(
      '/proc/net/netstat line 4: expected "IpExt:" and 10 values',
    );
    expect(() => parseNetstat(whole.replace('190585481', 'much'))).toThrow(
      'line 4: expected InOctets as a decimal count, got "much"',
    );
    expect(() => parseNetstat('nonsense')).toThrow('expected a line "IpExt:" with names');
  });

  test('the share is of all bytes, and unknown after a reset or without traffic', () => {
    expect(ipv6SharePercent(30, 90)).toBe(25);
    expect(ipv6SharePercent(0, 0)).toBeUndefined();
    expect(ipv6SharePercent(undefined, 90)).toBeUndefined();
    expect(octetsSince({ rxBytes: 1, txBytes: 2 }, { rxBytes: 11, txBytes: 22 })).toBe(30);
    expect(ipv6SharePercent(octetsSince({ rxBytes: 9, txBytes: 2 }, { rxBytes: 1, txBytes: 3 }), 90)).toBeUndefined();
    expect(octetsSince(undefined, { rxBytes: 1, txBytes: 2 })).toBeUndefined();
  });
});

test('parseResolvConf reads name servers of both families and passes over the rest', () => {
  expect(parseResolvConf(fixture('ipv6/resolv.conf'))).toEqual([
    { address: '192.168.1.1', family: 4 },
    { address: 'fe80::1%eth0', family: 6 },
    { address: '2001:db8::53', family: 6 },
  ]);
  expect(parseResolvConf('nameserver')).toEqual([]);
  expect(parseResolvConf('')).toEqual([]);
});

describe('the output of ip', () => {
  test('addresses tell their origin', () => {
    const addresses = parseIpAddresses(fixture('ipv6/ip-addr.json'));
    expect(addresses.map(({ interface: name, address }) => `${name} ${address}`)).toEqual([
      'lo 127.0.0.1',
      'lo ::1',
      'eth0 192.168.1.23',
      'eth0 2001:db8:0:1:9988:6d1e:4f2a:c3b',
      'eth0 2001:db8:0:1:20c:29ff:fea4:e315',
      'eth0 fd12:3456:7890:1::beef',
      'eth0 fe80::20c:29ff:fea4:e315',
      'wlan0 2001:db8:0:2::5',
      'wlan0 fe80::9d2b:3c4d:5e6f:7081',
    ]);
    expect(addresses[4]).toMatchObject({
      prefixLength: 64,
      dynamic: true,
      managesTemporary: true,
      protocol: 'kernel_ra',
    });
    expect(addresses[5]).toMatchObject({
      prefixLength: 128,
      dynamic: true,
      noPrefixRoute: true,
      managesTemporary: false,
    });
    expect(addresses[8]).toMatchObject({ dynamic: false, stablePrivacy: true, protocol: undefined });
  });

  test('routes tell their life, and each next hop its router', () => {
    expect(parseIpRoutes(fixture('ipv6/ip-route.json'))).toEqual([
      { interface: 'eth0', gateway: 'fe80::1', protocol: 'ra', expiresSeconds: 1799, preference: 'medium' },
      {
        interface: 'wlan0',
        gateway: '2001:db8:0:2::1',
        protocol: undefined,
        expiresSeconds: undefined,
        preference: 'medium',
      },
      { interface: 'eth1', gateway: 'fe80::a', protocol: 'static', expiresSeconds: undefined, preference: 'medium' },
      { interface: 'eth2', gateway: 'fe80::b', protocol: 'static', expiresSeconds: undefined, preference: 'medium' },
    ]);
    expect(parseIpRoutes('')).toEqual([]);
  });

  test('truncated and nonsense output is refused', () => {
    const whole = fixture('ipv6/ip-addr.json');
    expect(() => parseIpAddresses(whole.slice(0, 200))).toThrow('ip addr: expected JSON, got');
    expect(() => parseIpAddresses('{"ifname":"eth0"}')).toThrow('ip addr: expected a list, got {"ifname":"eth0"}');
    expect(() => parseIpAddresses('[{"ifname":"eth0","addr_info":[{"family":"inet6"}]}]')).toThrow(
      'ip addr: expected an address with family, local and prefixlen, got {"family":"inet6"}',
    );
    expect(() => parseIpRoutes('Error: argument "default" is wrong')).toThrow('ip route: expected JSON');
    expect(() => parseIpRoutes('[{"dst":"default"}]')).toThrow('ip route: expected a route with dev');
  });
});

test('parseTarget takes an IPv6 address in brackets and a port, and nothing else', () => {
  expect(parseTarget('[2001:db8::53]:53')).toEqual({ address: '2001:db8::53', port: 53 });
  expect(parseTarget('[fe80::1%eth0]:443')).toEqual({ address: 'fe80::1%eth0', port: 443 });
  for (const text of [
    '2001:db8::53:53',
    '[192.0.2.1]:53',
    '[2001:db8::53]',
    '[2001:db8::53]:0',
    '[2001:db8::53]:65536',
    '[::::]:1',
    '[host]:1',
  ]) {
    expect(parseTarget(text)).toBeUndefined();
  }
});
