import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CollectedMetric } from '../../../agent/collector.ts';
import { isRoot } from '../../support/root.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';
import { Namespace } from './namespace.ts';

interface Address {
  address: string;
  prefix_length: number;
  scope: string;
  origin: string;
  temporary: boolean;
  deprecated: boolean;
  tentative: boolean;
  interface: string;
}

/** A namespace with one Ethernet link: `room0`, the other end of which is `switch0`. */
function makeLinkedNamespace(): Namespace {
  const namespace = new Namespace();
  namespace.ip('link', 'add', 'room0', 'address', '02:00:00:00:00:01', 'type', 'veth', 'peer', 'name', 'switch0');
  // The far end has no IPv6 of its own: what the collector reports is the near one's.
  namespace.set('switch0/disable_ipv6', '1');
  namespace.ip('link', 'set', 'switch0', 'up');
  namespace.ip('link', 'set', 'room0', 'up');
  return namespace;
}

/** The point of the whole device. */
function ofDevice(metrics: readonly CollectedMetric[]): CollectedMetric['fields'] {
  const device = metrics.find(({ tags }) => tags['interface'] === undefined);
  if (device === undefined) throw new Error('no point for the device');
  return device.fields;
}

function addressesOf(fields: CollectedMetric['fields']): Address[] {
  return JSON.parse(String(fields['addresses']));
}

/** `interface address/length` of every address that `ip` knows, but those of the loopback. */
function addressesOfIp(namespace: Namespace): string[] {
  const links: { ifname: string; addr_info: { local?: string; prefixlen?: number }[] }[] = JSON.parse(
    namespace.ip('-j', '-6', 'addr'),
  );
  return links
    .filter(({ ifname }) => ifname !== 'lo')
    .flatMap(({ ifname, addr_info }) => addr_info.map(({ local, prefixlen }) => `${ifname} ${local}/${prefixlen}`))
    .toSorted();
}

describe.skipIf(!isRoot)('the ipv6 collector in a network of its own', () => {
  test('agrees with ip on every address, and follows each change', async () => {
    const namespace = makeLinkedNamespace();
    const collect = namespace.collector('ipv6', { targets: [] });
    const summaryBecomes = (summary: string) =>
      until(`the summary ${summary}`, async () => {
        const fields = ofDevice(await collect());
        return fields['summary'] === summary && fields;
      });
    const expectAgreement = async () => {
      const listed = addressesOf(ofDevice(await collect()));
      const texts = listed.map((a) => `${a.interface} ${a.address}/${a.prefix_length}`);
      expect(texts.toSorted()).toEqual(addressesOfIp(namespace));
    };

    expect(await summaryBecomes('link-local')).toMatchObject({ level: 1, link_local_count: 1, global_count: 0 });
    await expectAgreement();

    namespace.ip('addr', 'add', '2001:db8:0:0:1:0:0:1/64', 'dev', 'room0', 'nodad');
    namespace.ip(
      'addr',
      'add',
      'fd00:1234::abcd/48',
      'dev',
      'room0',
      'nodad',
      'valid_lft',
      '900',
      'preferred_lft',
      '0',
    );
    expect(await summaryBecomes('addressed')).toMatchObject({
      level: 2,
      global_count: 1,
      ula_count: 1,
      deprecated_count: 1,
      static_count: 1,
    });
    await expectAgreement();

    namespace.ip('route', 'add', 'default', 'via', '2001:db8::99', 'dev', 'room0', 'metric', '77');
    const routed = await summaryBecomes('routed');
    expect(JSON.parse(String(routed['default_routers']))).toEqual([
      { address: '2001:db8::99', interface: 'room0', metric: 77, origin: 'static' },
    ]);

    namespace.ip('link', 'set', 'switch0', 'down');
    expect((await summaryBecomes('addressed'))['default_router_count']).toBe(0);
    namespace.ip('link', 'set', 'switch0', 'up');
    await summaryBecomes('routed');

    namespace.ip('addr', 'del', '2001:db8:0:0:1:0:0:1/64', 'dev', 'room0');
    namespace.ip('addr', 'del', 'fd00:1234::abcd/48', 'dev', 'room0');
    expect(await summaryBecomes('link-local')).toMatchObject({ global_count: 0, ula_count: 0 });
    await expectAgreement();

    namespace.set('room0/disable_ipv6', '1');
    expect(await summaryBecomes('none')).toMatchObject({ level: 0, addresses: '[]' });
  });

  test('is reachable while a target answers', async () => {
    const namespace = makeLinkedNamespace();
    namespace.ip('addr', 'add', '2001:db8::1/64', 'dev', 'room0', 'nodad');
    namespace.ip('route', 'add', 'default', 'via', '2001:db8::99', 'dev', 'room0');
    const target = '[2001:db8::1]:9';
    const [reachable, unreachable] = await Promise.all([
      namespace.collector('ipv6', { targets: [target] })(),
      namespace.collector('ipv6', { targets: ['[2001:db8::77]:9'] })(),
    ]);
    expect(ofDevice(reachable)).toMatchObject({ summary: 'reachable', level: 4, reachable_target: target });
    expect(ofDevice(unreachable)).toMatchObject({ summary: 'routed', level: 3 });
  });

  test('knows addresses and routers that a router has advertised', async () => {
    const room = new Namespace();
    const router = new Namespace();
    room.ip('link', 'add', 'room0', 'type', 'veth', 'peer', 'name', 'lan0', 'netns', router.name);
    room.set('room0/use_tempaddr', '2');
    room.set('room0/accept_dad', '0');
    router.set('all/forwarding', '1');
    router.set('lan0/accept_dad', '0');
    router.ip('link', 'set', 'lan0', 'up');
    room.ip('link', 'set', 'room0', 'up');
    const directory = temporaryDirectory();
    const config = join(directory, 'radvd.conf');
    const prefix = 'prefix 2001:db8:5::/64 { AdvValidLifetime 3600; AdvPreferredLifetime 1800; };';
    writeFileSync(
      config,
      `interface lan0 { AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4; AdvDefaultLifetime 600; ${prefix} };\n`,
    );
    router.start('radvd', '-n', '-C', config, '-p', join(directory, 'radvd.pid'), '-m', 'none');
    const collect = room.collector('ipv6', { targets: [] });
    const metrics = await until(
      'the advertised addresses',
      async () => {
        const current = await collect();
        return Number(ofDevice(current)['temporary_count']) > 0 && ofDevice(current)['summary'] === 'routed' && current;
      },
      { timeoutMs: 20_000, everyMs: 200 },
    );
    const fields = ofDevice(metrics);
    expect(fields).toMatchObject({
      global_count: 2,
      slaac_count: 2,
      temporary_count: 1,
      static_count: 0,
      default_router_count: 1,
    });
    const listed = addressesOf(fields);
    expect(listed.map((a) => `${a.interface} ${a.address}/${a.prefix_length}`).toSorted()).toEqual(addressesOfIp(room));
    const [advertised] = JSON.parse(String(fields['default_routers']));
    expect(advertised).toMatchObject({ interface: 'room0', origin: 'ra' });
    expect(advertised.address).toMatch(/^fe80::/);
    expect(fields['router_lifetime_seconds']).toBeGreaterThan(590);
    expect(fields['router_lifetime_seconds']).toBeLessThanOrEqual(600);
    const ofInterface = metrics.find(({ tags }) => tags['interface'] === 'room0')?.fields;
    expect(ofInterface).toMatchObject({ forwarding: false, accept_ra: 1, slaac_count: 2, default_router_count: 1 });
  });
});
