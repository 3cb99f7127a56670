import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { CollectedMetric } from '../../../agent/collector.ts';
import { isRoot } from '../../support/root.ts';
import type { Namespace } from '../agent/namespace.ts';
import { linkEnds, makeShapedLink } from '../agent/shaped-link.ts';

const STAMP_PORT = 8862;
/** 200 packets of ICMP and 80 of TCP: one packet is half a point, or little more than one. */
const LOSS_CYCLES = 8;
const { ipv4, ipv6 } = linkEnds.school;

async function startReflector(school: Namespace): Promise<void> {
  const script = fileURLToPath(new URL('../stamp/run-reflector.ts', import.meta.url));
  const reflector = school.start(process.execPath, script, `${STAMP_PORT}`, '198.51.100.0/24', '2001:db8:5::/64');
  if (reflector.stdout === null) throw new Error('the reflector has no output');
  await once(reflector.stdout, 'data');
}

function pathConfig(packets: number, packet_interval_ms: number, servers: string[]): object {
  return { packets, packet_interval_ms, first_hop: true, dns: false, gateway: false, stamp_port: STAMP_PORT, servers };
}

/** The fields of the point of one method: of a family, or of the difference. */
function fieldsOf(metrics: readonly CollectedMetric[], method: string, family?: string): CollectedMetric['fields'] {
  const found = metrics.find(({ tags }) => tags['method'] === method && tags['family'] === family);
  if (found === undefined) throw new Error(`no point of ${method} ${family}`);
  return found.fields;
}

/** Of several cycles the one that the machine disturbed least: both ends and the relay between them run on it, and what it takes is added to the link's delay. */
function leastOf(cycles: readonly CollectedMetric['fields'][], field: string): number {
  return Math.min(...cycles.map((fields) => Number(fields[field])));
}

/** Within so many percent of what it should be. */
function expectNear(value: unknown, expected: number, percent: number, what: string): void {
  expect(Math.abs(Number(value) - expected), `${what}: ${value} for ${expected}`).toBeLessThanOrEqual(
    (expected * percent) / 100,
  );
}

describe.skipIf(!isRoot)('the path over a link of known quality', () => {
  test('has the delay of each family, by every method, and their difference', async () => {
    const { room, school } = await makeShapedLink({
      ipv4: { delayMs: 100, lossPercent: 0 },
      ipv6: { delayMs: 150, lossPercent: 0 },
    });
    await startReflector(school);
    const servers = [ipv4, `[${ipv6}]`].flatMap((host) => [`stamp://${host}:${STAMP_PORT}`, `tcp://${host}:9`]);
    const collect = room.collector('path', pathConfig(25, 40, servers));
    // The first cycle of a process reads its own code.
    await collect();
    const cycles = [await collect(), await collect(), await collect()];
    for (const method of ['icmp', 'stamp', 'tcp']) {
      for (const [family, rttMs] of [['ipv4', 200] as const, ['ipv6', 300] as const]) {
        const fields = cycles.map((metrics) => fieldsOf(metrics, method, family));
        for (const one of fields) expect(one).toMatchObject({ reachable: true, loss_percent: 0, duplicate_count: 0 });
        expectNear(leastOf(fields, 'rtt_ms'), rttMs, 10, `${method} ${family}`);
        expect(fields[0]?.['mos']).toBeGreaterThan(3.5);
      }
    }
    const differences = cycles.map((metrics) => fieldsOf(metrics, 'icmp'));
    expectNear(leastOf(differences, 'rtt_difference_ms'), 100, 15, 'difference');
    expect(differences[0]).toMatchObject({ loss_difference_percent: 0 });
  });

  test('has the loss of each family, by every method', async () => {
    const { room, school } = await makeShapedLink({
      ipv4: { delayMs: 10, lossPercent: 10 },
      ipv6: { delayMs: 10, lossPercent: 30 },
    });
    await startReflector(school);
    const servers = [ipv4, `[${ipv6}]`].flatMap((host) => [`stamp://${host}:${STAMP_PORT}`, `tcp://${host}:9`]);
    const collect = room.collector('path', pathConfig(200, 20, servers));
    // A cycle has 25 packets of ICMP and 10 of TCP: one more that is lost is 4 or 10 points of it. So several are added up, as docs/collectors/path.md has it.
    const cycles: CollectedMetric[][] = [];
    while (cycles.length < LOSS_CYCLES) cycles.push(await collect());
    for (const method of ['icmp', 'stamp', 'tcp']) {
      for (const [family, loss] of [['ipv4', 10] as const, ['ipv6', 30] as const]) {
        const sum = (field: string): number =>
          cycles.reduce((total, metrics) => total + Number(fieldsOf(metrics, method, family)[field]), 0);
        const sent = sum('sent_count');
        const lost = 100 * (1 - sum('received_count') / sent);
        expect(Math.abs(lost - loss), `${method} ${family}: ${lost} % of ${sent}`).toBeLessThanOrEqual(2);
      }
    }
    const differences = cycles.map((metrics) => Number(fieldsOf(metrics, 'icmp')['mos_difference']));
    expect(differences.reduce((sum, difference) => sum + difference, 0) / cycles.length).toBeLessThan(-0.5);
  });

  test('has the jitter of the direction that has it, and the order', async () => {
    const { room, school } = await makeShapedLink({
      ipv4: { delayMs: 20, lossPercent: 0, alternateMs: 60 },
      ipv6: { delayMs: 20, lossPercent: 0 },
    });
    await startReflector(school);
    const servers = [ipv4, `[${ipv6}]`].map((host) => `stamp://${host}:${STAMP_PORT}`);
    const metrics = await room.collector('path', pathConfig(100, 40, servers))();
    const worse = fieldsOf(metrics, 'stamp', 'ipv4');
    expectNear(worse['jitter_forward_ms'], 60, 20, 'jitter forward');
    expect(Number(worse['jitter_backward_ms'])).toBeLessThan(20);
    expect(worse['jitter_ms']).toBe(worse['jitter_forward_ms']);
    // Every second packet is overtaken by the one after it.
    expectNear(worse['reordered_percent'], 50, 20, 'reordered');
    expect(fieldsOf(metrics, 'stamp', 'ipv6')).toMatchObject({ reordered_count: 0, loss_percent: 0 });
  });

  test('without a way there is a word, and no other target suffers', async () => {
    const { room } = await makeShapedLink({
      ipv4: { delayMs: 5, lossPercent: 0 },
      ipv6: { delayMs: 5, lossPercent: 0 },
    });
    room.ip('-6', 'route', 'del', 'default');
    room.ip('-6', 'addr', 'flush', 'dev', 'path0');
    const metrics = await room.collector('path', pathConfig(5, 20, [`stamp://[${ipv6}]`, `icmp://[${ipv6}]`]))();
    expect(fieldsOf(metrics, 'stamp', 'ipv6')).toMatchObject({
      reachable: false,
      error: expect.stringContaining('ENETUNREACH'),
    });
    expect(fieldsOf(metrics, 'icmp', 'ipv6')).toMatchObject({
      reachable: false,
      error: expect.stringContaining('nreachable'),
    });
    expect(fieldsOf(metrics, 'icmp', 'ipv4')).toMatchObject({ reachable: true, sent_count: 5 });
  });
});
