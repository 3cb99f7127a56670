import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CollectedMetric } from '../../../agent/collector.ts';
import { isRoot } from '../../support/root.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';
import { Namespace } from './namespace.ts';

const school = { ipv4: '192.0.2.129', ipv6: '2001:db8:b::1', name: 'school.example', port: 8080 } as const;

interface Site {
  room: Namespace;
  router: Namespace;
  school: Namespace;
}

/** A classroom, a router and the school behind it, where the second link takes no more than `mtu` bytes. */
async function makeSite(mtu = 1500): Promise<Site> {
  const [room, router, far] = [new Namespace(), new Namespace(), new Namespace()];
  room.ip('link', 'add', 'room0', 'type', 'veth', 'peer', 'name', 'lan0', 'netns', router.name);
  router.ip('link', 'add', 'wan0', 'type', 'veth', 'peer', 'name', 'school0', 'netns', far.name);
  router.set('all/forwarding', '1');
  router.exec('sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward');
  const address = (namespace: Namespace, device: string, ipv4: string, ipv6: string): void => {
    namespace.ip('link', 'set', device, 'up');
    namespace.ip('addr', 'add', `${ipv4}/25`, 'dev', device);
    namespace.ip('addr', 'add', `${ipv6}/64`, 'dev', device, 'nodad');
  };
  address(room, 'room0', '192.0.2.1', '2001:db8:a::1');
  address(router, 'lan0', '192.0.2.2', '2001:db8:a::2');
  address(router, 'wan0', '192.0.2.130', '2001:db8:b::2');
  address(far, 'school0', school.ipv4, school.ipv6);
  router.ip('link', 'set', 'wan0', 'mtu', `${mtu}`);
  for (const [namespace, ipv4, ipv6] of [
    [room, '192.0.2.2', '2001:db8:a::2'],
    [far, '192.0.2.130', '2001:db8:b::2'],
  ] as const) {
    namespace.ip('route', 'add', 'default', 'via', ipv4);
    namespace.ip('-6', 'route', 'add', 'default', 'via', ipv6);
  }
  // The first packets wait for neighbour discovery, which a fresh link begins late.
  for (const target of [school.ipv4, school.ipv6]) {
    const answered = (): boolean => room.execQuietly('ping', '-n', '-c', '1', '-W', '1', target).includes(' time=');
    await until(`an answer of ${target}`, answered, { timeoutMs: 20_000 });
  }
  return { room, router, school: far };
}

/** Something that accepts connections by these families, in the school. */
function listen({ school: far }: Site, ...families: ('4' | '6')[]): void {
  for (const family of families) {
    far.start(
      'socat',
      `TCP${family}-LISTEN:${school.port},fork,reuseaddr${family === '6' ? ',ipv6only=1' : ''}`,
      'PIPE',
    );
  }
}

/** The first point of a target, or of a name server, that the collector reports. */
async function probed(room: Namespace, name: string, config: object): Promise<CollectedMetric[]> {
  const settings = { advertisements: false, gateway: false, dns: false, ...config };
  const collect = room.collector('ipv6', settings);
  return until(
    `points of ${name}`,
    async () => {
      const points = (await collect()).filter((point) => point.name === name);
      return points.length > 0 && points;
    },
    { timeoutMs: 60_000, everyMs: 250 },
  );
}

/** A name server in the router that knows the school by these addresses, and what it makes of ipv4only.arpa. */
function startNameServer({ router }: Site, records: readonly string[]): void {
  const options = [
    '--no-daemon',
    '--no-resolv',
    '--no-hosts',
    '--conf-file=/dev/null',
    '--bind-dynamic',
    '--log-facility=/dev/null',
  ];
  router.start('dnsmasq', ...options, '--interface=lan0', ...records);
}

/** The room asks the router for names: `ip netns exec` lays this over /etc. */
function setResolver(room: Namespace, ...servers: string[]): void {
  room.etc('resolv.conf', servers.map((server) => `nameserver ${server}\n`).join(''));
}

describe.skipIf(!isRoot)('what the ipv6 collector finds out over a network of its own', () => {
  test('IPv6 wins where both families work', async () => {
    const site = await makeSite();
    listen(site, '4', '6');
    startNameServer(site, [`--host-record=${school.name},${school.ipv4},${school.ipv6}`]);
    setResolver(site.room, '192.0.2.2');
    const target = `${school.name}:${school.port}`;
    const [point] = await probed(site.room, 'ipv6_target', { dual_stack_targets: [target] });
    expect(point).toMatchObject({
      tags: { target },
      fields: {
        ...{ winner: 'ipv6', fallback: false, ipv6_outcome: 'open', ipv4_outcome: 'open' },
        ...{ ipv6_address: school.ipv6, ipv4_address: school.ipv4 },
        ...{ ipv6_path_mtu_bytes: 1500, ipv6_mtu_black_hole: false, ipv4_path_mtu_bytes: 1500 },
      },
    });
    // IPv4's turn, 250 ms later, is not waited for.
    expect(point?.fields['connect_ms']).toBeLessThan(250);
    expect(point?.fields['connect_ms']).toBeGreaterThanOrEqual(Number(point?.fields['ipv6_connect_ms']));
  });

  test('IPv4 is fallen back to after 250 ms where IPv6 leads nowhere', async () => {
    const site = await makeSite();
    listen(site, '4', '6');
    startNameServer(site, [`--host-record=${school.name},${school.ipv4},${school.ipv6}`]);
    setResolver(site.room, '192.0.2.2');
    site.router.exec('nft', 'add table inet t; add chain inet t f { type filter hook forward priority 0; }');
    site.router.exec('nft', 'add rule inet t f meta nfproto ipv6 drop');
    const [point] = await probed(site.room, 'ipv6_target', {
      ...{ dual_stack_targets: [`${school.name}:${school.port}`], path_mtu: false },
    });
    expect(point?.fields).toMatchObject({
      winner: 'ipv4',
      fallback: true,
      ipv6_outcome: 'failed',
      ipv4_outcome: 'open',
    });
    expect(point?.fields['connect_ms']).toBeGreaterThanOrEqual(240);
    expect(point?.fields['connect_ms']).toBeLessThan(1000);
    expect(point?.fields['ipv6_connect_ms']).toBeUndefined();
  });

  test('the path MTU is found by what routers say of it', async () => {
    const site = await makeSite(1400);
    const [ipv6, ipv4] = await Promise.all(
      [`[${school.ipv6}]:9`, `${school.ipv4}:9`].map((target) =>
        probed(site.room, 'ipv6_target', { dual_stack_targets: [target] }),
      ),
    );
    expect(ipv6?.[0]?.fields).toMatchObject({
      ...{ ipv6_path_mtu_bytes: 1400, ipv6_mtu_black_hole: false, ipv6_outcome: 'refused', winner: 'none' },
      ipv4_outcome: 'no-address',
    });
    expect(ipv4?.[0]?.fields).toMatchObject({ ipv4_path_mtu_bytes: 1400, ipv4_mtu_black_hole: false });
  });

  test('and where they say nothing, by trying: a black hole', async () => {
    const site = await makeSite(1400);
    site.router.exec('nft', 'add table inet t; add chain inet t o { type filter hook output priority 0; }');
    site.router.exec('nft', 'add rule inet t o icmpv6 type packet-too-big drop');
    site.router.exec('nft', 'add rule inet t o icmp type destination-unreachable drop');
    const [ipv6, ipv4] = await Promise.all(
      [`[${school.ipv6}]:9`, `${school.ipv4}:9`].map((target) =>
        probed(site.room, 'ipv6_target', { dual_stack_targets: [target] }),
      ),
    );
    expect(ipv6?.[0]?.fields).toMatchObject({ ipv6_path_mtu_bytes: 1400, ipv6_mtu_black_hole: true });
    expect(ipv4?.[0]?.fields).toMatchObject({ ipv4_path_mtu_bytes: 1400, ipv4_mtu_black_hole: true });
  });

  test('DNS64 is told with its prefix, by each family; a silent server is told, too', async () => {
    const site = await makeSite();
    startNameServer(site, ['--host-record=ipv4only.arpa,192.0.0.170,64:ff9b::192.0.0.170']);
    setResolver(site.room, '192.0.2.2', '2001:db8:a::2', '192.0.2.77');
    const points = await probed(site.room, 'ipv6_dns', { dns: true });
    const prefixes = JSON.stringify(['64:ff9b::/96']);
    expect(points.map(({ tags, fields }) => ({ ...tags, ...fields }))).toMatchObject([
      { server: '192.0.2.2', family: 'ipv4', answered: true, rcode: 'NOERROR', dns64: true, nat64_prefixes: prefixes },
      { server: '2001:db8:a::2', family: 'ipv6', answered: true, rcode: 'NOERROR', dns64: true },
      { server: '192.0.2.77', family: 'ipv4', answered: false },
    ]);
    expect(points[2]?.fields).not.toHaveProperty('dns64');
  });

  test('an address of a DHCPv6 server is told as such', async () => {
    const site = await makeSite();
    const directory = temporaryDirectory();
    // A client's script of our own: the system's would set this machine's name servers.
    const script = join(directory, 'dhclient-script');
    const add =
      'ip -6 addr replace "$new_ip6_address/128" dev room0 valid_lft "$new_max_life" preferred_lft "$new_preferred_life"';
    writeFileSync(script, `#!/bin/sh\n[ -z "$new_ip6_address" ] || ${add}\n`, { mode: 0o755 });
    startNameServer(site, [
      ...['--dhcp-range=2001:db8:a::100,2001:db8:a::1ff,64,600', '--enable-ra', '--ra-param=lan0,4,600'],
      `--dhcp-leasefile=${join(directory, 'server-leases')}`,
    ]);
    const leases = ['-lf', join(directory, 'leases'), '-pf', join(directory, 'pid')];
    site.room.start('dhclient', '-6', '-d', '-q', '-sf', script, ...leases, 'room0');
    const collect = site.room.collector('ipv6', { dns: false, gateway: false });
    const fields = await until(
      'the address and the flags',
      async () => {
        const points = await collect();
        const device = points.find(({ name, tags }) => name === 'ipv6' && tags['interface'] === undefined)?.fields;
        return device?.['dhcpv6_count'] === 1 && device['ra_managed'] === true && device;
      },
      { timeoutMs: 30_000, everyMs: 500 },
    );
    const addresses: { address: string; origin: string }[] = JSON.parse(String(fields['addresses']));
    expect(addresses.find(({ origin }) => origin === 'dhcpv6')?.address).toMatch(/^2001:db8:a::1[0-9a-f]{2}$/);
    expect(fields).toMatchObject({ ra_other_config: true });
  });
});
