import { describe, expect, test } from 'vitest';
import { decodeCapture } from '../../../agent/decode.ts';
import { fixture } from '../tree.ts';

async function decoded(collector: string, text: string) {
  const report = await decodeCapture(collector, text);
  if (report === undefined) throw new Error(`no decoder of ${collector}`);
  return report;
}

const ipAddr = `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet6 ::1/128 scope host
       valid_lft forever preferred_lft forever
2: eth0@if5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP group default qlen 1000
    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff
    inet 192.0.2.5/24 metric 100 brd 192.0.2.255 scope global dynamic eth0:1
       valid_lft 84174sec preferred_lft 84174sec
    inet6 2001:db8:5::77/128 scope global dynamic
       valid_lft 600sec preferred_lft 600sec
    inet6 2001:db8:5:0:a:b:c:d/64 scope global temporary deprecated dynamic
       valid_lft 3600sec preferred_lft 0sec
    inet6 fd00:5::9/64 scope global dadfailed tentative
       valid_lft forever preferred_lft forever
    inet6 fe80::ff:fe00:1/64 scope link sparkling
       valid_lft forever preferred_lft forever
`;
const ipRoute = `2001:db8:5::/64 dev eth0 proto kernel metric 256 expires 3599sec pref medium
default via fe80::1 dev eth0 proto ra metric 1024 expires 1799sec hoplimit 64 pref high
default proto static metric 2048 pref medium
\tnexthop via fe80::2 dev eth0 weight 1
\tnexthop via fe80::3 dev eth1 weight 1
unreachable default dev lo metric 4294967295 error -101 pref medium
`;

describe('decode ipv6', () => {
  test('outputs of ip after one another make one report', async () => {
    const { metrics, notUnderstood, errors } = await decoded('ipv6', ipAddr + ipRoute);
    expect(errors).toEqual([]);
    expect(notUnderstood).toEqual([{ line: 15, field: 'inet6', value: 'sparkling' }]);
    expect(metrics[0]?.fields).toMatchObject({
      ...{ summary: 'routed', global_count: 2, ula_count: 1, link_local_count: 1, temporary_count: 1 },
      ...{ deprecated_count: 1, dad_failed_count: 1, dhcpv6_count: 1, default_router_count: 3 },
      router_lifetime_seconds: 1799,
    });
    expect(metrics.filter(({ name }) => name === 'ipv6_router').map(({ tags, fields }) => [tags, fields])).toEqual([
      [
        { interface: 'eth0', router: 'fe80::1' },
        { default_router: true, origin: 'ra', metric: 1024, preference: 'high', lifetime_seconds: 1799 },
      ],
      [
        { interface: 'eth0', router: 'fe80::2' },
        { default_router: true, origin: 'static', metric: 2048 },
      ],
      [
        { interface: 'eth1', router: 'fe80::3' },
        { default_router: true, origin: 'static', metric: 2048 },
      ],
    ]);
  });

  test('JSON of ip, and what rdisc6 heard', async () => {
    const addresses = await decoded('ipv6', fixture('ipv6/ip-addr.json'));
    expect(addresses.metrics[0]?.fields).toMatchObject({ temporary_count: 1, dhcpv6_count: 1 });
    const routes = await decoded('ipv6', fixture('ipv6/ip-route.json'));
    expect(routes.metrics[0]?.fields).toMatchObject({ default_router_count: 4 });
    expect(routes.metrics[0]?.fields).not.toHaveProperty('summary');
    const heard = await decoded('ipv6', fixture('ipv6/rdisc6'));
    expect(heard.metrics[0]?.fields).toMatchObject({ ra_managed: true, ra_name_server_count: 3 });
    expect(JSON.stringify(heard)).not.toMatch(/26:66:76/i);
  });

  test.each([
    ['an address without its scope', ipAddr.replace(' scope link sparkling', ''), 'ip addr line 15'],
    ['a broken address', ipAddr.replace('fd00:5::9/64', 'fd00:5:::9/64'), 'ip addr line 13'],
    ['a time of another kind', ipRoute.replace('1799sec', 'soon'), 'ip route line 2: expected a time'],
    ['a router that is none', ipRoute.replace('via fe80::1', 'via home'), 'ip route line 2'],
    ['JSON that is cut short', fixture('ipv6/ip-addr.json').slice(0, 300), 'expected JSON'],
    ['an advertisement that is cut short', fixture('ipv6/rdisc6').slice(0, 800), 'rdisc6 line'],
    ['IPv4 alone', 'default via 192.0.2.1 dev eth0 proto dhcp metric 100\n', 'that speaks of IPv6'],
    ['nonsense', 'nonsense\n', 'line 1: expected'],
  ])('%s is a typed error', async (_what, text, message) => {
    const { errors } = await decoded('ipv6', text);
    expect(errors[0]).toMatchObject({ code: 'parse_failed', message: expect.stringContaining(message) });
  });
});

describe('decode neighbours', () => {
  const text = `192.0.2.1 dev eth0 lladdr 02:00:00:00:00:01 ref 1 used 0/0/0 probes 4 REACHABLE
fe80::ff:fe00:1 dev eth0 lladdr 02:00:00:00:00:01 router STALE
fe80::53 dev eth0 lladdr 02:00:00:00:00:53 STALE proto zebra
192.0.2.9 dev eth1  FAILED
192.0.2.7 dev eth1 glittering INCOMPLETE
`;

  test('ip neigh: states, routers, and no link-layer address', async () => {
    const report = await decoded('neighbours', text);
    expect(report.errors).toEqual([]);
    expect(report.notUnderstood).toEqual([{ line: 5, field: 'ip neigh', value: 'glittering' }]);
    expect(report.metrics.map(({ tags, fields }) => ({ ...tags, ...fields }))).toEqual([
      { interface: 'eth0', client: 'client-1', address: '192.0.2.1', family: 'ipv4', state: 'reachable' },
      ...[
        { interface: 'eth0', client: 'client-1', address: 'fe80::/64', family: 'ipv6', state: 'stale', router: true },
      ],
      ...[
        { interface: 'eth0', client: 'client-2', address: 'fe80::53', family: 'ipv6', state: 'stale', router: false },
      ],
      { interface: 'eth1', address: '192.0.2.9', family: 'ipv4', state: 'failed' },
      { interface: 'eth1', address: '192.0.2.7', family: 'ipv4', state: 'incomplete' },
    ]);
    expect(JSON.stringify(report)).not.toMatch(/02:00|ff:fe/);
  });

  test('its JSON, and /proc/net/arp', async () => {
    const json = '[{"dst":"fe80::1","dev":"eth0","lladdr":"02:00:00:00:00:01","router":null,"state":["STALE"]}]';
    expect((await decoded('neighbours', json)).metrics).toEqual([
      {
        name: 'neighbour',
        tags: { interface: 'eth0', client: 'client-1' },
        fields: { address: 'fe80::1', family: 'ipv6', state: 'stale', router: true },
      },
    ]);
    const arp = `IP address       HW type     Flags       HW address            Mask     Device
192.0.2.1        0x1         0x2         02:00:00:00:00:01     *        eth0
192.0.2.9        0x1         0x0         00:00:00:00:00:00     *        eth0
192.0.2.5        0x1         0x6         02:00:00:00:00:05     *        eth1
`;
    const { metrics } = await decoded('neighbours', arp);
    expect(metrics.map(({ tags, fields }) => [tags['client'], fields['state']])).toEqual([
      ['client-1', 'complete'],
      [undefined, 'incomplete'],
      ['client-2', 'permanent'],
    ]);
    expect((await decoded('neighbours', arp.replace('0x6', 'six'))).errors[0]?.message).toContain(
      'flags in hexadecimal',
    );
    expect((await decoded('neighbours', arp.replace(' eth1', ''))).errors[0]?.message).toContain('six columns');
  });

  test.each([
    ['192.0.2.1 dev eth0 lladdr 02:00:00', 'a state'],
    ['192.0.2.1 dev eth0 lladdr nonsense STALE', 'a link-layer address'],
    ['192.0.2.1 dev', 'an address and an interface'],
    ['[{"dst":"192.0.2.1","dev":"eth0"', 'expected JSON'],
    ['[{"dst":"192.0.2.1"}]', 'dst and dev'],
    ['[{"dst":"192.0.2.1","dev":"eth0"}]', 'state'],
    ['nonsense', 'expected output of ip neigh'],
  ])('%s is a typed error', async (line, message) => {
    const { metrics, errors } = await decoded('neighbours', line);
    expect(metrics).toEqual([]);
    expect(errors[0]).toMatchObject({ code: 'parse_failed', message: expect.stringContaining(message) });
    expect(errors[0]?.message).not.toContain('02:00');
  });
});

test('decode wifi says where what it does not understand stands, and what is damaged', async () => {
  const report = await decoded('wifi', `# iw dev\n${fixture('wifi/iw-dev')}\n# later\n`);
  expect(report.metrics.some(({ name }) => name === 'wifi')).toBe(true);
  expect(report.notUnderstood.map(({ line, value }) => [line, value])).toEqual([
    [1, '# iw dev'],
    [fixture('wifi/iw-dev').split('\n').length + 2, '# later'],
  ]);
  expect((await decoded('wifi', 'nonsense')).errors).toMatchObject([{ code: 'parse_failed' }]);
});
