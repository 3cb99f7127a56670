import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createCollectors } from '../../agent/collectors/index.ts';
import { encodeAddress, parseHexAddress } from '../../agent/collectors/ipv6/address.ts';
import { parseIfInet6 } from '../../agent/collectors/ipv6/if-inet6.ts';
import { parseIpAddresses } from '../../agent/collectors/ipv6/ip-json.ts';
import { passiveIpv6Config } from '../../agent/collectors/ipv6/ipv6-config.ts';
import { parseIpv6Route } from '../../agent/collectors/ipv6/ipv6-route.ts';
import { parseNetstat, parseSnmp6 } from '../../agent/collectors/ipv6/octets.ts';
import { parseNetDev } from '../../agent/collectors/network/net-dev.ts';
import { parseLoadavg, parseUptime } from '../../agent/collectors/system/load.ts';
import { parseMeminfo } from '../../agent/collectors/system/meminfo.ts';
import { parseStat } from '../../agent/collectors/system/stat.ts';
import { readTemperature } from '../../agent/collectors/system/temperature.ts';
import { decodeCapture } from '../../agent/decode.ts';
import { LinuxHost } from '../../agent/host/linux.ts';

const captures = join(import.meta.dirname, '../../../shared/fixtures');
const present = existsSync(captures);
if (!present) console.log(`skipped: the captures of other machines are not here (${captures})`);

const inProcSys = (path: string): string => join(captures, 'proc-sys', path);
const read = (path: string): string => readFileSync(inProcSys(path), 'utf8');

type Row = Record<string, string>;
interface Expected {
  'stat.json': { cpu: Record<string, number>; processes_running: number; processes_blocked: number };
  'meminfo.json': Record<string, number>;
  'loadavg.json': Record<string, number>;
  'uptime.json': Record<string, number>;
  'net_dev.json': (Record<string, number> & { interface: string })[];
  'net_if_inet6.json': Row[];
  'net_ipv6_route.json': Row[];
  'net_netstat.json': Record<string, number>[];
}

/** What another project's parser makes of a file. */
function expected<K extends keyof Expected>(name: K): Expected[K] {
  return JSON.parse(read(`jc-proc/${name}`));
}

const hex = (text: string | undefined): number => Number.parseInt(text ?? '', 16);
const canonical = (text: string | undefined): string =>
  encodeAddress(parseHexAddress(text, { source: 'json', line: 1 }));

describe.skipIf(!present)('files of /proc that another parser has read', () => {
  test('stat', () => {
    const { cpu, ...others } = expected('stat.json');
    const stat = parseStat(read('jc-proc/stat'));
    const { guest: _guest, guest_nice: _guestNice, ...modes } = cpu;
    expect(stat.cpu).toEqual(modes);
    expect(stat.cpuCount).toBe(Object.keys(others).filter((key) => /^cpu\d/.test(key)).length);
    expect([stat.processesRunning, stat.processesBlocked]).toEqual([
      others.processes_running,
      others.processes_blocked,
    ]);
  });

  test('meminfo, loadavg and uptime', () => {
    const memory = expected('meminfo.json');
    const kb = (name: string): number => (memory[name] ?? Number.NaN) * 1024;
    expect(parseMeminfo(read('jc-proc/meminfo'))).toEqual({
      total: kb('MemTotal'),
      free: kb('MemFree'),
      available: kb('MemAvailable'),
      buffers: kb('Buffers'),
      cached: kb('Cached'),
      swapTotal: kb('SwapTotal'),
      swapFree: kb('SwapFree'),
    });
    const load = expected('loadavg.json');
    expect(parseLoadavg(read('jc-proc/loadavg'))).toEqual({
      load1: load['load_1m'],
      load5: load['load_5m'],
      load15: load['load_15m'],
    });
    expect(parseUptime(read('jc-proc/uptime'))).toBe(expected('uptime.json')['up_time']);
  });

  test('net/dev', () => {
    const rows = expected('net_dev.json');
    expect(parseNetDev(read('jc-proc/net_dev'))).toEqual(
      rows.map((row) => ({
        name: row.interface,
        rxBytes: row['r_bytes'],
        rxPackets: row['r_packets'],
        rxErrors: row['r_errs'],
        rxDropped: row['r_drop'],
        multicast: row['r_multicast'],
        txBytes: row['t_bytes'],
        txPackets: row['t_packets'],
        txErrors: row['t_errs'],
        txDropped: row['t_drop'],
        collisions: row['t_colls'],
      })),
    );
  });

  test('net/if_inet6, net/ipv6_route and net/netstat', () => {
    const addresses = parseIfInet6(read('jc-proc/net_if_inet6'));
    expect(addresses.map((a) => [encodeAddress(a.groups), a.prefixLength, a.interface, a.permanent])).toEqual(
      expected('net_if_inet6.json').map((row) => [
        canonical(row['address']),
        hex(row['prefix']),
        row['name'],
        (hex(row['flags']) & 0x80) !== 0,
      ]),
    );
    const routes = parseIpv6Route(read('jc-proc/net_ipv6_route'));
    expect(routes.map((r) => [encodeAddress(r.destination), r.prefixLength, r.metric, r.interface])).toEqual(
      expected('net_ipv6_route.json').map((row) => [
        canonical(row['dest_net']),
        hex(row['dest_prefix']),
        hex(row['metric']),
        row['device'],
      ]),
    );
    const counters = Object.assign({}, ...expected('net_netstat.json'));
    expect(parseNetstat(read('jc-proc/net_netstat'))).toEqual({
      rxBytes: counters.InOctets,
      txBytes: counters.OutOctets,
    });
  });
});

describe.skipIf(!present)('files of /proc and /sys of other machines', () => {
  test.each(['telegraf/stat_file_full', 'procfs/proc/stat', 'gopsutil/cpu424-stat'])(
    '%s has CPU times that sum up',
    (path) => {
      const { cpu, cpuCount } = parseStat(read(path));
      expect(cpuCount).toBeGreaterThan(0);
      expect(Object.keys(cpu)).toHaveLength(8);
      const lines = read(path).split('\n');
      const idle = lines.filter((line) => /^cpu\d/.test(line)).map((line) => Number(line.split(/\s+/)[4]));
      expect(Math.abs((cpu.idle ?? 0) - idle.reduce((sum, ticks) => sum + ticks, 0))).toBeLessThan(10);
    },
  );

  test('memory with and without MemAvailable', () => {
    expect(parseMeminfo(read('procfs/proc/meminfo'))).not.toHaveProperty('available');
    expect(parseMeminfo(read('gopsutil/meminfo-i5')).available).toBe(11225936 * 1024);
  });

  test('traffic of both families', () => {
    expect(parseNetDev(read('procfs/proc/net/dev')).map(({ name }) => name)).toEqual([
      'vethf345468',
      'lo',
      'docker0',
      'eth0',
    ]);
    expect(parseSnmp6(read('procfs/proc/26231/net/snmp6'))).toEqual({
      ...{ rxBytes: 113479132, txBytes: 9842685, raReceived: 111 },
    });
    expect(parseNetstat(read('procfs/proc/26231/net/netstat'))).toEqual({ rxBytes: 190585481, txBytes: 7512674 });
    for (const name of ['eth0', 'eth1'])
      expect(parseSnmp6(read(`procfs/proc/net/dev_snmp6/${name}`)).rxBytes).toBeGreaterThanOrEqual(0);
  });

  test('a Pi has its temperature, and a zone without a sensor none', async () => {
    expect(await readTemperature(new LinuxHost({ root: inProcSys('procfs-sys') }))).toBe(49.925);
  });

  test.each(['system', 'network', 'ipv6'])('the %s collector takes a whole tree', async (name) => {
    const collector = createCollectors().find((candidate) => candidate.name === name);
    const result = await collector?.collect(
      new LinuxHost({ root: inProcSys('procfs') }),
      passiveIpv6Config,
      new AbortController().signal,
    );
    expect(result).toContainEqual(expect.objectContaining({ name }));
  });
});

test.skipIf(!present)('outputs of ip are read whole', () => {
  const folder = join(captures, 'iproute');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const outputs = files.filter((path) => /ip_addr\.json$|ipaddrshow-json(-down)?$/.test(path));
  expect(outputs.length).toBeGreaterThan(1);
  for (const path of outputs) {
    const text = readFileSync(join(folder, path), 'utf8');
    expect(parseIpAddresses(text), path).toHaveLength(text.match(/"local"/g)?.length ?? 0);
  }
});

describe.skipIf(!present)('outputs of ip as the agent would report them', () => {
  const inIproute = (path: string): string => readFileSync(join(captures, 'iproute', path), 'utf8');
  const outputsOf = (path: string): string[] =>
    JSON.parse(inIproute(path)).map(({ output }: { output: string }) => output);
  const report = async (collector: string, text: string) => {
    const decoded = await decodeCapture(collector, text);
    if (decoded === undefined) throw new Error(`no decoder of ${collector}`);
    expect(decoded.errors).toEqual([]);
    return decoded;
  };

  test.each(['cloud-init/sample-ipaddrshow-json', 'cloud-init/sample-ipaddrshow-output'])('%s', async (path) => {
    const { metrics, notUnderstood } = await report('ipv6', inIproute(path));
    expect(notUnderstood).toEqual([]);
    expect(metrics[0]?.fields).toMatchObject({ summary: 'link-local', link_local_count: 2, global_count: 0 });
    expect(metrics[1]?.tags).toEqual({ interface: 'enp0s25' });
  });

  test.each(['cloud-init/sample-iproute-output-v6', 'cloud-init/sample-route-output-v6'])('%s', async (path) => {
    const { metrics, notUnderstood } = await report('ipv6', inIproute(path));
    expect(notUnderstood).toEqual([]);
    expect(JSON.parse(String(metrics[0]?.fields['default_routers']))).toEqual([
      { address: 'fe80::32ee:54de:cd43:b4e1', interface: 'enp0s25', metric: 100, origin: 'static' },
    ]);
  });

  test('ip addr of a machine with five interfaces, between the prompts of a shell', async () => {
    for (const output of outputsOf('moler/ip_addr.json')) {
      const { metrics, notUnderstood } = await report('ipv6', output);
      expect(notUnderstood.map(({ value }) => value)).toEqual([
        'root@fzm-lsp-k2:~# ip addr show',
        'root@fzm-lsp-k2:~#',
      ]);
      expect(metrics[0]?.fields).toMatchObject({ link_local_count: 3 });
      expect(metrics.slice(1).map(({ tags }) => tags['interface'])).toEqual(['eth0', 'eth1', 'nbcmpcrl-eth']);
    }
  });

  test('IPv4 alone is nothing that the ipv6 collector reports', async () => {
    const decoded = await decodeCapture('ipv6', inIproute('jc/ip_route.out'));
    expect(decoded?.metrics).toEqual([]);
    expect(decoded?.errors).toMatchObject([{ code: 'parse_failed' }]);
  });

  test('neighbour tables, without an address of hardware', async () => {
    const texts = [
      ...outputsOf('moler/ip_neigh.json'),
      inIproute('openwisp/ip_neigh.txt'),
      inIproute('openwisp/ip_json_neigh.txt'),
      read('jc-proc/net_arp'),
      read('procfs/proc/net/arp'),
    ];
    const reports = await Promise.all(texts.map((text) => report('neighbours', text)));
    expect(reports.map(({ metrics }) => metrics.length)).toEqual([31, 6, 6, 3, 2]);
    const withoutHardware = reports.map(
      ({ metrics }) => metrics.filter(({ tags }) => tags['client'] === undefined).length,
    );
    expect(withoutHardware).toEqual([1, 0, 0, 0, 1]);
    expect(reports[1]?.metrics).toEqual(reports[2]?.metrics);
    for (const text of texts.slice(0, 2)) {
      const macs = [...text.matchAll(/lladdr (\S+)/g)].map(([, mac = '']) => mac.slice(-8));
      expect(macs.length).toBeGreaterThan(5);
      for (const mac of macs) expect(JSON.stringify(reports)).not.toContain(mac);
    }
  });
});
