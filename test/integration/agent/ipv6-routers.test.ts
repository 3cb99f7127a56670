import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CollectedMetric } from '../../../agent/collector.ts';
import { isRoot } from '../../support/root.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';
import { Namespace } from './namespace.ts';

/** A collector is asked this often here; a change is to be seen in the second sample after it. */
const INTERVAL_MS = 2000;

interface Room {
  room: Namespace;
  routers: Namespace[];
}

/** A classroom on one switch with routers, each in a namespace of its own; the first router's link is `lan0`, the room's `room0`. */
function makeRoom(count: number): Room {
  const room = new Namespace();
  const lan = new Namespace();
  lan.ip('link', 'add', 'switch0', 'type', 'bridge');
  lan.set('switch0/disable_ipv6', '1');
  lan.ip('link', 'set', 'switch0', 'up');
  const plug = (namespace: Namespace, name: string, port: string): void => {
    namespace.ip('link', 'add', name, 'type', 'veth', 'peer', 'name', port, 'netns', lan.name);
    lan.set(`${port}/disable_ipv6`, '1');
    lan.ip('link', 'set', port, 'master', 'switch0', 'up');
    namespace.set(`${name}/accept_dad`, '0');
  };
  plug(room, 'room0', 'port0');
  const routers = Array.from({ length: count }, (_, index) => {
    const router = new Namespace();
    router.set('all/forwarding', '1');
    plug(router, 'lan0', `port${index + 1}`);
    router.ip('link', 'set', 'lan0', 'up');
    return router;
  });
  room.ip('link', 'set', 'room0', 'up');
  return { room, routers };
}

/** A router that advertises what `write` says, and says it anew when that changes. */
function startRadvd(router: Namespace, text: string): { write: (text: string) => void; stop: () => void } {
  const directory = temporaryDirectory();
  const config = join(directory, 'radvd.conf');
  const save = (body: string): void =>
    writeFileSync(config, `interface lan0 { AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4; ${body} };\n`);
  save(text);
  const child = router.start('radvd', '-n', '-C', config, '-p', join(directory, 'radvd.pid'), '-m', 'none');
  return {
    write: (body) => {
      save(body);
      child.kill('SIGHUP');
    },
    stop: () => void child.kill('SIGTERM'),
  };
}

/** Samples one after another, an interval apart. */
function sampler(room: Namespace, config: object = {}) {
  const collect = room.collector('ipv6', { targets: [], dns: false, ...config });
  let next = 0;
  const sample = async (): Promise<CollectedMetric[]> => {
    await until('the next interval', async () => performance.now() >= next, { everyMs: 20 });
    next = performance.now() + INTERVAL_MS;
    return collect();
  };
  return {
    /** Samples until the points are as expected. */
    becomes: (what: string, check: (points: CollectedMetric[]) => void, intervals = 10) =>
      afterChange(sample, what, check, intervals),
    /** The same within two intervals after a change. */
    shows: (what: string, check: (points: CollectedMetric[]) => void) => afterChange(sample, what, check, 2),
  };
}

async function afterChange(
  sample: () => Promise<CollectedMetric[]>,
  what: string,
  check: (points: CollectedMetric[]) => void,
  intervals: number,
): Promise<CollectedMetric[]> {
  let failure: unknown;
  for (let interval = 0; interval < intervals; interval++) {
    const points = await sample();
    try {
      check(points);
      return points;
    } catch (error) {
      failure = error;
    }
  }
  throw new Error(`${what}: not within ${intervals} intervals`, { cause: failure });
}

function device(points: readonly CollectedMetric[]): CollectedMetric['fields'] {
  const found = points.find(({ name, tags }) => name === 'ipv6' && tags['interface'] === undefined);
  if (found === undefined) throw new Error('no point for the device');
  return found.fields;
}

function routersOf(points: readonly CollectedMetric[]): CollectedMetric['fields'][] {
  return points.filter(({ name }) => name === 'ipv6_router').map(({ fields }) => fields);
}

function listed(fields: CollectedMetric['fields'] | undefined, field: string) {
  return JSON.parse(String(fields?.[field] ?? '[]'));
}

const prefix = '2001:db8:5::/64';

describe.skipIf(!isRoot)('what routers advertise', () => {
  test('flags, lifetimes, prefixes, routes and name servers, and each change of them', async () => {
    const { room, routers } = makeRoom(1);
    const [router] = routers;
    if (router === undefined) throw new Error('no router');
    const settings = 'AdvDefaultLifetime 600; AdvDefaultPreference high; AdvLinkMTU 1400; AdvReachableTime 30000;';
    const fresh = `prefix ${prefix} { AdvValidLifetime 3600; AdvPreferredLifetime 1800; };`;
    const ula = 'prefix fd00:5::/64 { AdvValidLifetime 7200; AdvPreferredLifetime 7200; };';
    const rdnss = (address: string): string => `RDNSS ${address} { AdvRDNSSLifetime 300; };`;
    const radvd = startRadvd(
      router,
      `${settings} AdvManagedFlag off; AdvOtherConfigFlag on; ${fresh} ${ula} ${rdnss('2001:db8:5::53')}
       route 2001:db8:99::/48 { AdvRoutePreference low; AdvRouteLifetime 1000; };
       DNSSL school.example { AdvDNSSLLifetime 300; };`,
    );
    const { becomes, shows } = sampler(room);
    const first = await becomes('the router', (points) => {
      expect(device(points)).toMatchObject({
        ...{ ra_managed: false, ra_other_config: true, ra_name_server_count: 1, unaddressed_prefixes: '[]' },
        ...{ global_count: 1, ula_count: 1, slaac_count: 2, default_router_count: 1, dad_failed_count: 0 },
      });
    });
    const [fields] = routersOf(first);
    expect(fields).toMatchObject({
      ...{ default_router: true, origin: 'ra', preference: 'high', managed: false, other_config: true },
      ...{ hop_limit: 64, mtu_bytes: 1400, reachable_ms: 30_000, prefix_count: 2, deprecated_prefix_count: 0 },
    });
    expect(fields?.['lifetime_seconds']).toBeGreaterThan(580);
    expect(listed(fields, 'prefixes')).toContainEqual({
      ...{ prefix, on_link: true, autonomous: true, valid_seconds: 3600, preferred_seconds: 1800 },
    });
    expect(listed(fields, 'routes')).toEqual([
      { prefix: '2001:db8:99::/48', preference: 'low', lifetime_seconds: 1000 },
    ]);
    expect(listed(fields, 'name_servers')).toEqual([{ address: '2001:db8:5::53', lifetime_seconds: 300 }]);
    expect(listed(fields, 'search_list')).toEqual(['school.example']);
    expect(first.find(({ tags }) => tags['interface'] === 'room0')?.fields).toMatchObject({
      ...{ ra_other_config: true, mtu_bytes: 1400, use_tempaddr: 0 },
    });

    radvd.write(`${settings} AdvManagedFlag on; AdvOtherConfigFlag on; ${fresh} ${ula} ${rdnss('fd00:5::53')}`);
    await shows('another name server and flag M', (points) => {
      expect(device(points)).toMatchObject({ ra_managed: true, ra_name_servers: '["fd00:5::53"]' });
    });

    const old = `prefix ${prefix} { AdvValidLifetime 3600; AdvPreferredLifetime 0; };`;
    radvd.write(`${settings} ${old} ${ula} ${rdnss('fd00:5::53')}`);
    await shows('a deprecated prefix', (points) => {
      expect(device(points)).toMatchObject({ deprecated_count: 1, global_count: 1, ra_managed: false });
      expect(routersOf(points)[0]).toMatchObject({ deprecated_prefix_count: 1 });
    });

    radvd.stop();
    await shows('a withdrawn router', (points) => {
      expect(device(points)).toMatchObject({ default_router_count: 0, summary: 'addressed' });
      expect(routersOf(points)).toMatchObject([{ default_router: false, lifetime_seconds: 0 }]);
    });
  });

  test('two routers, one of which goes', async () => {
    const { room, routers } = makeRoom(2);
    const [main, spare] = routers;
    if (main === undefined || spare === undefined) throw new Error('no routers');
    const mainRadvd = startRadvd(main, `AdvDefaultLifetime 600; AdvDefaultPreference high; prefix ${prefix} { };`);
    startRadvd(
      spare,
      'AdvDefaultLifetime 900; AdvDefaultPreference low; AdvManagedFlag on; prefix 2001:db8:6::/64 { };',
    );
    const { becomes, shows } = sampler(room);
    await becomes('both routers', (points) => {
      expect(device(points)).toMatchObject({ default_router_count: 2, global_count: 2, ra_managed: true });
      const both = routersOf(points).map(({ preference, managed, default_router }) => [
        preference,
        managed,
        default_router,
      ]);
      expect(both.toSorted()).toEqual([
        ['high', false, true],
        ['low', true, true],
      ]);
    });
    mainRadvd.stop();
    await shows('one router', (points) => {
      expect(device(points)).toMatchObject({ default_router_count: 1 });
      expect(listed(device(points), 'default_routers')).toMatchObject([{ origin: 'ra', preference: 'low' }]);
    });
  });

  test('an address that another machine has is told: its prefix stays without one', async () => {
    const { room, routers } = makeRoom(1);
    const [router] = routers;
    if (router === undefined) throw new Error('no router');
    room.set('room0/accept_dad', '1');
    room.set('room0/addr_gen_mode', '0');
    const [link] = JSON.parse(room.ip('-j', '-6', 'addr', 'show', 'dev', 'room0', 'scope', 'link'));
    const own: string = link.addr_info[0].local;
    router.ip('addr', 'add', `${own.replace('fe80::', '2001:db8:5:0:')}/128`, 'dev', 'lan0', 'nodad');
    router.ip('addr', 'add', '2001:db8:5::77/64', 'dev', 'lan0', 'nodad');
    const { becomes } = sampler(room);
    startRadvd(router, `AdvDefaultLifetime 600; prefix ${prefix} { };`);
    await becomes('the prefix without an address', (points) => {
      expect(device(points)).toMatchObject({ unaddressed_prefixes: JSON.stringify([prefix]), global_count: 0 });
    });
    room.ip('addr', 'add', '2001:db8:5::77/64', 'dev', 'room0');
    await becomes('the failed detection', (points) => {
      expect(device(points)).toMatchObject({ dad_failed_count: 1, static_count: 1, summary: 'link-local' });
    });
  });
});
