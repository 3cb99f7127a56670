import { describe, expect, test } from 'vitest';
import { createPath } from '../../../../agent/collectors/path/path.ts';
import { firstHops, gateways, lessonServers, nameServers } from '../../../../agent/collectors/path/targets.ts';
import { LinuxHost } from '../../../../agent/host/linux.ts';
import { fixture, makeTree, noSignal } from '../../tree.ts';

const icmp = { method: 'icmp', port: 0 };
const tree = (files: Record<string, string>) => new LinuxHost({ root: makeTree(files) });

describe('targets', () => {
  test('the first hop is the next hop of the best default route of each family', async () => {
    const host = tree({
      '/proc/net/route': fixture('path/route'),
      '/proc/net/ipv6_route': fixture('ipv6/ipv6_route'),
    });
    const hops = await firstHops(host);
    expect(hops.map(({ family, address }) => `${family} ${address}`)).toEqual([
      'ipv4 192.168.2.1',
      'ipv6 fe80::1%eth0',
    ]);
    expect(hops[0]).toMatchObject({ target: 'first-hop', role: 'first-hop', means: [icmp] });
  });

  test('name servers are the first two of each family that are other machines', async () => {
    const host = tree({
      '/etc/resolv.conf': [
        'nameserver 127.0.0.1',
        'nameserver 192.0.2.53',
        'nameserver 2001:db8::53',
        'nameserver 192.0.2.54',
        'nameserver 192.0.2.55',
        'nameserver fe80::1%eth0',
      ].join('\n'),
    });
    const found = (await nameServers(host)).map(({ target, family, address }) => `${target} ${family} ${address}`);
    expect(found).toEqual([
      'dns-1 ipv4 192.0.2.53',
      'dns-2 ipv4 192.0.2.54',
      'dns-1 ipv6 2001:db8::53',
      'dns-2 ipv6 fe80::1%eth0',
    ]);
  });

  test('the gateway is measured by its reflector or the port of reports, and not on its own box', async () => {
    const host = tree({});
    expect(await gateways(host, new URL('mqtts://[2001:db8::1]'), 8862)).toEqual([
      {
        target: 'gateway',
        role: 'gateway',
        family: 'ipv6',
        address: '2001:db8::1',
        means: [
          { method: 'stamp', port: 8862 },
          { method: 'tcp', port: 8883 },
        ],
      },
    ]);
    for (const own of ['mqtt://127.0.0.1:1883', 'mqtt://localhost', 'mqtts://[::1]:8883']) {
      expect(await gateways(host, new URL(own), 8862)).toEqual([]);
    }
  });

  test('a server with a name has the families of the name, and none where there is no such name', async () => {
    const host = tree({});
    const local = await lessonServers(host, { method: 'tcp', host: 'localhost', port: 443 });
    expect(local.map(({ target, address }) => `${target} ${address}`)).toContain('localhost:443 127.0.0.1');
    expect(await lessonServers(host, { method: 'icmp', host: 'no-such-name.invalid', port: 0 })).toEqual([]);
  });

  test('without any there is nothing to measure', async () => {
    const off = { packets: 2, packet_interval_ms: 10, stamp_port: 8862, servers: [] };
    const config = { ...off, first_hop: true, dns: true, gateway: true };
    expect(await createPath().collect(tree({}), config, noSignal)).toEqual({
      notPresent: 'there is no default route, name server or gateway to measure',
    });
  });
});
