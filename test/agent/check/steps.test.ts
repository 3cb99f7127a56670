import { describe, expect, test } from 'vitest';
import { checkAddresses } from '../../../agent/check/address-step.ts';
import { checkLink } from '../../../agent/check/link-step.ts';
import type { Room } from '../../../agent/check/room.ts';
import { checkThroughput } from '../../../agent/check/throughput-step.ts';
import { throughputTest } from '../../../agent/check/throughput-test.ts';
import { notJoined } from '../../../agent/check/unmeasured.ts';
import { parseOwnIpv4Addresses } from '../../../agent/collectors/network/fib-trie.ts';
import { readAgentConfig } from '../../../agent/config.ts';
import { LinuxHost } from '../../../agent/host/linux.ts';
import { CampusError } from '../../../contract/errors.ts';
import { openHome } from '../../../runtime/home.ts';
import { makeTree, noSignal } from '../tree.ts';

const trie = (...addresses: string[]): string =>
  [
    'Main:',
    '  +-- 0.0.0.0/0 3 0 5',
    '     |-- 192.168.1.0',
    '        /24 link UNICAST',
    ...addresses.flatMap((address) => [`        |-- ${address}`, '           /32 host LOCAL']),
    '        |-- 127.0.0.1',
    '           /32 host LOCAL',
  ].join('\n');
const routes = `Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask
eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000
eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF
`;
const heading =
  'Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n';
const line = (name: string): string => `  ${name}: 1 2 0 0 0 0 0 0 3 4 0 0 0 0 0 0\n`;

function ethernet(attributes: Record<string, string>): Record<string, string> {
  const all = { type: '1', ifindex: '2', iflink: '2', carrier: '1', speed: '1000', duplex: 'full', ...attributes };
  const files = Object.entries(all).map(([name, value]) => [`/sys/class/net/eth0/${name}`, `${value}\n`]);
  return {
    '/proc/net/dev': heading + line('lo') + line('eth0'),
    '/sys/class/net/lo/type': '772\n',
    ...Object.fromEntries(files),
  };
}

function room(files: Record<string, string>, throughput: Room['throughput'] = notJoined): Room {
  const { agent } = readAgentConfig(openHome(makeTree({})));
  const path = {
    packets: 2,
    packet_interval_ms: 10,
    first_hop: true,
    dns: true,
    gateway: true,
    stamp_port: 8862,
    servers: [],
  };
  const host = new LinuxHost({ root: makeTree(files) });
  const known = { config: agent.check, path, gateway: 'mqtts://192.0.2.1', throughput, signal: noSignal };
  return { host, ...known, tell: () => undefined, medium: undefined, present: ['ipv4', 'ipv6'] };
}

describe('the link', () => {
  test.each([
    [{}, 'ok', []],
    [{ duplex: 'half' }, 'limited', ['eth0 runs at half duplex']],
    [{ speed: '10' }, 'limited', ['eth0 runs at 10 Mbit/s only']],
    [{ carrier: '0' }, 'failed', ['no network interface has a link']],
  ])('with %j is %s', async (attributes, state, reasons) => {
    const result = await checkLink(room({ ...ethernet(attributes), '/proc/net/route': routes }));
    expect(result.state).toBe(state);
    expect(result.obstacles.map(({ reason }) => reason.en)).toEqual(reasons);
  });

  test('is told with its speed', async () => {
    const { found, figures } = await checkLink(room({ ...ethernet({}), '/proc/net/route': routes }));
    expect(found.en).toMatch(/^eth0: .*1000 Mbit\/s, full duplex$/);
    expect(figures).toEqual([{ name: 'speed_mbit_per_second', value: 1000, unit: 'Mbit/s' }]);
  });
});

describe('the addresses', () => {
  test.each([
    [
      { '/proc/net/fib_trie': trie('192.168.1.20'), '/proc/net/route': routes },
      'ok',
      '192.168.1.20, router 192.168.1.1',
      ['ipv4'],
    ],
    [{ '/proc/net/fib_trie': trie('192.168.1.20') }, 'failed', '192.168.1.20, no router', ['ipv4']],
    [
      { '/proc/net/fib_trie': trie('169.254.7.7') },
      'failed',
      "no DHCP server has answered over IPv4: 169.254.7.7 is of the machine's own making",
      [],
    ],
    [{}, 'failed', 'there is no IPv4 address', []],
  ])('of IPv4 in %j are %s', async (files, state, found, present) => {
    const place = room(files);
    const [ipv4] = await checkAddresses(place);
    expect(ipv4).toMatchObject({ family: 'ipv4', state, found: { en: found } });
    expect(place.present).toEqual(present);
  });

  test.each([
    ['08', 'another machine has the IPv6 address 2001:db8::7 already'],
    ['00', '2001:db8::7, no router'],
  ])('of IPv6 with flags %s: %s', async (flags, found) => {
    const place = room({ '/proc/net/if_inet6': `20010db8000000000000000000000007 02 40 00 ${flags}     eth0\n` });
    const [, ipv6] = await checkAddresses(place);
    expect(ipv6).toMatchObject({ family: 'ipv6', state: 'failed', found: { en: found } });
    expect(place.present).toEqual(['ipv6']);
  });

  test('are each told once, and a trie of nonsense says so', () => {
    expect(parseOwnIpv4Addresses(trie('192.168.1.20') + trie('10.0.0.3', '192.168.1.20'))).toEqual([
      '192.168.1.20',
      '10.0.0.3',
    ]);
    expect(parseOwnIpv4Addresses('')).toEqual([]);
    expect(() => parseOwnIpv4Addresses('Main:\n  |-- here\n')).toThrow(
      '/proc/net/fib_trie line 2: expected an address, got "here"',
    );
  });
});

describe('the throughput', () => {
  test('is judged by each direction', async () => {
    const results = await checkThroughput(
      room({}, async (family) =>
        family === 'ipv4' ? { downMbitPerSecond: 4, upMbitPerSecond: 3.456 } : { error: 'refused' },
      ),
    );
    expect(results.map(({ family, state, found }) => [family, state, found.en])).toEqual([
      ['ipv4', 'limited', 'down 4 Mbit/s, up 3.46 Mbit/s'],
      ['ipv6', 'limited', 'down -, up -'],
    ]);
    expect(results[0]?.obstacles.map(({ reason }) => reason.en)).toEqual([
      'the upload over IPv4 is 3.46 Mbit/s (at least 4 Mbit/s)',
    ]);
    expect(results[1]?.obstacles[0]?.reason.en).toBe('the download over IPv6 could not be measured (refused)');
  });

  test('limits nothing where the other end has no address in a family; where it cannot be measured, that is said once', async () => {
    const results = await checkThroughput(
      room({}, async (family) =>
        family === 'ipv4'
          ? 'no-address'
          : { reason: { en: 'why', 'zh-CN': '原因' }, hint: { en: 'it', 'zh-CN': '它' } },
      ),
    );
    expect(results).toMatchObject([
      { family: 'ipv4', state: 'skipped', allows: 'yes', obstacles: [] },
      { state: 'skipped', allows: 'with-limits', found: { en: 'not measured: why', 'zh-CN': '未测量：原因' } },
    ]);
    expect(results[1]?.obstacles[0]?.reason.en).toBe('the throughput was not measured: why');
  });

  test('of the families is measured one after the other', async () => {
    let running = 0;
    const most: number[] = [];
    await checkThroughput(
      room({}, async () => {
        most.push(++running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
        return { downMbitPerSecond: 9, upMbitPerSecond: 9 };
      }),
    );
    expect(most).toEqual([1, 1]);
  });

  test('is not measured on a machine that has joined nowhere, which is no yes', async () => {
    expect(await checkThroughput(room({}))).toMatchObject([
      {
        ...{ state: 'skipped', allows: 'with-limits' },
        obstacles: [{ hint: { en: expect.stringContaining('campus-edge enroll') } }],
      },
    ]);
  });

  test.each([
    ['device_offline', 'the agent of this machine is not connected to the gateway', '启动代理程序'],
    ['program_missing', 'iperf3 is missing on this machine or on the gateway', 'apt install iperf3'],
    ['same_machine', 'this machine is the gateway itself', 'gateway.throughput.server'],
    ['command_queue_full', 'other machines are being measured', '几分钟后重试'],
    ['certificate_revoked', 'this machine was revoked', 'campus-edge enroll'],
  ] as const)('that ends by %s is asked for once, and says why and what to try', async (code, reason, hint) => {
    const asked: string[] = [];
    const test = throughputTest(async (family) => {
      asked.push(family);
      throw new CampusError(code, 'by the gateway');
    });
    const results = await checkThroughput(room({}, test));
    expect(asked).toEqual(['ipv4']);
    expect(results).toMatchObject([{ state: 'skipped', allows: 'with-limits' }]);
    expect(results[0]?.found.en).toContain(reason);
    expect(results[0]?.obstacles[0]?.hint['zh-CN']).toContain(hint);
  });

  test('in a family that has no address to measure to is left out, and the other is judged', async () => {
    const measured = { id: 'command-1', device: 'room-1', created_at: 1 };
    const told: string[] = [];
    const place = room(
      {},
      throughputTest(async (family, { progress }) => {
        progress({ ...measured, state: 'waiting' });
        progress({ ...measured, state: 'running', progress: 0.5 });
        if (family === 'ipv6')
          return {
            ...measured,
            state: 'failed',
            code: 'measurement_failed',
            detail: 'no ipv6 address of gateway is known',
          };
        const legs = [
          { family, direction: 'up', bits_per_second: 9_000_000 },
          { family, direction: 'down', bits_per_second: 8_000_000 },
        ] as const;
        return { ...measured, state: 'done', result: { target: 'gateway', legs: [...legs] } };
      }),
    );
    const results = await checkThroughput({ ...place, tell: ({ en }) => void told.push(en) });
    expect(results.map(({ family, state, found, allows }) => [family, state, found.en, allows])).toEqual([
      ['ipv4', 'ok', 'down 8 Mbit/s, up 9 Mbit/s', 'yes'],
      ['ipv6', 'skipped', 'there is no IPv6 address to measure to', 'yes'],
    ]);
    expect(told.slice(0, 2)).toEqual(['waits for its turn', 'measures, 50 %']);
  });
});
