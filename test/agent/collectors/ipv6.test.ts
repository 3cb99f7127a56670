import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { encodeAddress } from '../../../agent/collectors/ipv6/address.ts';
import { parseIfInet6 } from '../../../agent/collectors/ipv6/if-inet6.ts';
import { addressKey, type IpFacts } from '../../../agent/collectors/ipv6/ip-facts.ts';
import { parseIpAddresses, parseIpRoutes } from '../../../agent/collectors/ipv6/ip-json.ts';
import { createIpv6 } from '../../../agent/collectors/ipv6/ipv6.ts';
import { passiveIpv6Config } from '../../../agent/collectors/ipv6/ipv6-config.ts';
import { parseIpv6Route } from '../../../agent/collectors/ipv6/ipv6-route.ts';
import { encodeList, listAddresses } from '../../../agent/collectors/ipv6/listed-address.ts';
import { readNameServers } from '../../../agent/collectors/ipv6/resolv-conf.ts';
import { listRouters } from '../../../agent/collectors/ipv6/router.ts';
import { summarise } from '../../../agent/collectors/ipv6/summary.ts';
import { LinuxHost } from '../../../agent/host/linux.ts';
import { fixture, makeTree, noSignal } from '../tree.ts';

const addresses = parseIfInet6(fixture('ipv6/if_inet6'));
const routes = parseIpv6Route(fixture('ipv6/ipv6_route'));
const facts: IpFacts = {
  addresses: new Map(
    parseIpAddresses(fixture('ipv6/ip-addr.json')).map((a) => [addressKey(a.interface, a.address), a]),
  ),
  routes: parseIpRoutes(fixture('ipv6/ip-route.json')),
  at: 0,
};

const files = {
  '/proc/net/if_inet6': fixture('ipv6/if_inet6'),
  '/proc/net/ipv6_route': fixture('ipv6/ipv6_route'),
  '/proc/net/snmp6': fixture('ipv6/snmp6'),
  '/proc/net/netstat': fixture('ipv6/netstat'),
  '/proc/net/dev_snmp6/eth0': 'ifIndex 2\nIp6InOctets 4711\nIp6OutOctets 815\n',
  '/proc/sys/net/ipv6/conf/all/forwarding': '0\n',
  '/proc/sys/net/ipv6/conf/default/forwarding': '0\n',
  '/proc/sys/net/ipv6/conf/lo/disable_ipv6': '0\n',
  '/proc/sys/net/ipv6/conf/eth0/disable_ipv6': '0\n',
  '/proc/sys/net/ipv6/conf/eth0/forwarding': '1\n',
  '/proc/sys/net/ipv6/conf/eth0/accept_ra': '2\n',
  '/proc/sys/net/ipv6/conf/wlan0/disable_ipv6': '1\n',
  '/etc/resolv.conf': 'nameserver 192.168.1.1\nnameserver ::1\n',
};

function collectFrom(tree: Record<string, string>, targets: string[] = [], collector = createIpv6()) {
  return collector
    .collect(new LinuxHost({ root: makeTree(tree) }), { ...passiveIpv6Config, targets }, noSignal)
    .then((result) => {
      if ('failures' in result) throw result.failures[0];
      return result;
    });
}

describe('the origin of addresses', () => {
  const originBy = (withFacts: IpFacts | undefined) =>
    Object.fromEntries(listAddresses(addresses, withFacts, routes).map(({ address, origin }) => [address, origin]));

  test('with what ip tells', () => {
    expect(originBy(facts)).toEqual({
      '2001:db8:0:1:20c:29ff:fea4:e315': 'slaac',
      '2001:db8:0:1:9988:6d1e:4f2a:c3b': 'slaac',
      '2001:db8:0:1:42aa:1b2c:3d4e:5f60': 'slaac',
      'fd12:3456:7890:1::beef': 'dhcpv6',
      '2001:db8:0:2::5': 'static',
      'fd12:3456:7890:2::7': 'static',
      'fe80::20c:29ff:fea4:e315': 'slaac',
      'fe80::9d2b:3c4d:5e6f:7081': 'slaac',
    });
  });

  test('from /proc alone', () => {
    expect(originBy(undefined)).toMatchObject({
      '2001:db8:0:1:20c:29ff:fea4:e315': 'slaac',
      '2001:db8:0:1:9988:6d1e:4f2a:c3b': 'slaac',
      'fd12:3456:7890:1::beef': 'dhcpv6',
      '2001:db8:0:2::5': 'static',
      'fe80::9d2b:3c4d:5e6f:7081': 'unknown',
    });
    const stable = '20010db80000000142aa1b2c3d4e5f61 02 40 00 00 eth0\n';
    expect(listAddresses(parseIfInet6(stable), undefined, routes)[0]?.origin).toBe('slaac');
    expect(listAddresses(parseIfInet6(stable), undefined, [])[0]?.origin).toBe('unknown');
  });
});

test('a list that is too long for a field loses its end, the narrowest scopes', () => {
  const many = Array.from(
    { length: 200 },
    (_, index) => `fe80000000000000020c29fffea4${index.toString(16).padStart(4, '0')} 02 40 20 80 eth0`,
  );
  const listed = listAddresses(
    parseIfInet6([...many, '20010db8000000020000000000000005 03 40 00 80 wlan0'].join('\n')),
    undefined,
    [],
  );
  const text = encodeList(listed);
  expect(text.length).toBeLessThanOrEqual(16 * 1024);
  const parsed: { address: string }[] = JSON.parse(text);
  expect(parsed[0]?.address).toBe('2001:db8:0:2::5');
  expect(parsed.length).toBeGreaterThan(50);
});

describe('default routers', () => {
  const link = { '/sys/class/net/eth0/carrier': '1\n', '/sys/class/net/wlan0/carrier': '1\n' };
  const routersAt = (monotonicMs: number, tree: Record<string, string> = link) =>
    listRouters(new LinuxHost({ root: makeTree(tree), monotonicMs: () => monotonicMs }), routes, facts);

  test('have origin, metric and the life they have left', async () => {
    expect(await routersAt(60_000)).toEqual([
      {
        address: 'fe80::1',
        interface: 'eth0',
        metric: 1024,
        origin: 'ra',
        preference: 'medium',
        lifetime_seconds: 1739,
      },
      { address: '2001:db8:0:2::1', interface: 'wlan0', metric: 2048, origin: 'static' },
    ]);
  });

  test('are gone when their life has run out or their link is down', async () => {
    expect((await routersAt(1_799_000)).map(({ address }) => address)).toEqual(['2001:db8:0:2::1']);
    const down = { ...link, '/sys/class/net/wlan0/carrier': '0\n' };
    expect((await routersAt(0, down)).map(({ address }) => address)).toEqual(['fe80::1']);
  });

  test('the other end of a point-to-point link is one, an Ethernet without a gateway has none', async () => {
    const onLink = fixture('ipv6/ipv6_route')
      .split('\n')
      .filter((line) => line.endsWith('wlan0') && line.startsWith('0000'))
      .map((line) =>
        line
          .replace(/20010db8000000020000000000000001 00000800/, `${'0'.repeat(32)} 00000800`)
          .replace('00000003    wlan0', '00000001 ppp0'),
      );
    const host = (flags: string) => new LinuxHost({ root: makeTree({ '/sys/class/net/ppp0/flags': flags }) });
    expect(await listRouters(host('0x10d1\n'), parseIpv6Route(onLink.join('\n')), undefined)).toEqual([
      { interface: 'ppp0', metric: 2048, origin: 'static' },
    ]);
    expect(await listRouters(host('0x1003\n'), parseIpv6Route(onLink.join('\n')), undefined)).toEqual([]);
  });
});

describe('the summary', () => {
  const listed = listAddresses(addresses, facts, routes);
  const only = (test: (text: string) => boolean) => listed.filter(({ address }) => test(address));
  test('rises level by level', () => {
    expect(summarise({ addresses: [], hasRouter: true, answered: undefined })).toEqual({ summary: 'none', level: 0 });
    const linkLocal = only((text) => text.startsWith('fe80') && text.endsWith('e315'));
    expect(summarise({ addresses: linkLocal, hasRouter: true, answered: undefined })).toEqual({
      summary: 'link-local',
      level: 1,
    });
    expect(summarise({ addresses: listed, hasRouter: false, answered: undefined })).toEqual({
      summary: 'addressed',
      level: 2,
    });
    expect(summarise({ addresses: listed, hasRouter: true, answered: undefined })).toEqual({
      summary: 'routed',
      level: 3,
    });
    expect(summarise({ addresses: listed, hasRouter: true, answered: 'x' })).toEqual({
      summary: 'reachable',
      level: 4,
    });
  });

  test('an address that failed or awaits duplicate detection does not count', () => {
    const failed = only((text) => text === 'fd12:3456:7890:2::7' || text === 'fe80::9d2b:3c4d:5e6f:7081');
    expect(summarise({ addresses: failed, hasRouter: true, answered: undefined }).summary).toBe('none');
  });
});

test('behind the stub of systemd-resolved stand the servers it asks', async () => {
  const stub = { '/etc/resolv.conf': 'nameserver 127.0.0.53\n' };
  const upstream = { '/run/systemd/resolve/resolv.conf': 'nameserver 2001:db8::53\n' };
  const read = (tree: Record<string, string>) => readNameServers(new LinuxHost({ root: makeTree(tree) }));
  expect(await read({ ...stub, ...upstream })).toEqual([{ address: '2001:db8::53', family: 6 }]);
  expect(await read(stub)).toEqual([{ address: '127.0.0.53', family: 4 }]);
  expect(await read({})).toBeUndefined();
});

describe('the ipv6 collector', () => {
  test('reports the device and each interface that has IPv6 enabled', async () => {
    const [device, ...interfaces] = await collectFrom(files);
    expect(device?.tags).toEqual({});
    expect(device?.fields).toMatchObject({
      summary: 'routed',
      level: 3,
      global_count: 4,
      ula_count: 2,
      link_local_count: 2,
      temporary_count: 2,
      deprecated_count: 1,
      tentative_count: 1,
      dad_failed_count: 1,
      eui64_count: 1,
      slaac_count: 3,
      dhcpv6_count: 1,
      static_count: 2,
      default_router_count: 2,
      dns_ipv4_count: 1,
      dns_ipv6_count: 1,
      dns_servers: '["192.168.1.1","::1"]',
      forwarding: false,
      ipv6_rx_bytes: 113479132,
      ipv6_tx_bytes: 9842685,
      ipv4_rx_bytes: 190585481,
      ipv4_tx_bytes: 7512674,
      traffic_share_percent: (100 * 113479132) / (113479132 + 190585481),
    });
    const listed: { address: string; interface: string }[] = JSON.parse(String(device?.fields['addresses']));
    expect(listed).toHaveLength(8);
    expect(interfaces.map(({ name, tags }) => [name, tags])).toEqual([
      ['ipv6', { interface: 'eth0' }],
      ['ipv6_router', { interface: 'eth0', router: 'fe80::1' }],
      ['ipv6_router', { interface: 'wlan0', router: '2001:db8:0:2::1' }],
    ]);
    expect(interfaces[0]?.fields).toMatchObject({
      global_count: 3,
      link_local_count: 1,
      forwarding: true,
      accept_ra: 2,
      default_router_count: 1,
      ipv6_rx_bytes: 4711,
      ipv6_tx_bytes: 815,
    });
    expect(interfaces[0]?.fields).not.toHaveProperty('summary');
  });

  test('reports the share of the last interval from the second sample on', async () => {
    const collector = createIpv6();
    const [first] = await collectFrom(files, [], collector);
    expect(first?.fields['traffic_share_interval_percent']).toBeUndefined();
    const later = {
      ...files,
      '/proc/net/snmp6': fixture('ipv6/snmp6').replace('113479132', '113479232').replace('9842685', '9842735'),
      '/proc/net/netstat': fixture('ipv6/netstat').replace('190585481', '190585781').replace('7512674', '7512824'),
    };
    const [second] = await collectFrom(later, [], collector);
    expect(second?.fields['traffic_share_interval_percent']).toBe(25);
  });

  test('a kernel without IPv6 has none', async () => {
    const [device, ...interfaces] = await collectFrom({ '/etc/resolv.conf': 'nameserver 192.0.2.1\n' });
    expect(device?.fields).toMatchObject({ summary: 'none', level: 0, addresses: '[]', dns_ipv4_count: 1 });
    expect(interfaces).toEqual([]);
  });

  test('is reachable when a target accepts or refuses, and only with a route', async () => {
    const server = createServer().listen(0, '::1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const open = `[::1]:${typeof address === 'object' && address !== null ? address.port : 0}`;
    const [accepted] = await collectFrom(files, [open]);
    expect(accepted?.fields).toMatchObject({ summary: 'reachable', reachable_target: open });
    const [refused] = await collectFrom(files, ['[::1]:1']);
    expect(refused?.fields).toMatchObject({ summary: 'reachable', reachable_target: '[::1]:1' });
    const [unrouted] = await collectFrom({ ...files, '/proc/net/ipv6_route': '' }, [open]);
    expect(unrouted?.fields).toMatchObject({ summary: 'addressed' });
    expect(unrouted?.fields['reachable_target']).toBeUndefined();
  });
});

test('every address of the fixture survives its way through the canonical text', () => {
  expect(new Set(addresses.map(({ groups }) => encodeAddress(groups))).size).toBe(addresses.length);
});
