import { expect, it } from 'vitest';
import { mosTone, pathRows } from '../../../../dashboards/console/src/path/path-rows.ts';

const point = (tags: Record<string, string>, fields: Record<string, string | number | boolean>) => ({
  ...{ site: 's', device: 'd', measurement: 'path', time: 0, tags, fields },
});

it('puts the families of a target side by side, from the box outwards, each method apart', () => {
  const rows = pathRows([
    point({ target: 'dns-10', role: 'dns', method: 'tcp', family: 'ipv6' }, { reachable: true, rtt_ms: 5 }),
    point({ target: 'dns-2', role: 'dns', method: 'tcp', family: 'ipv4' }, { reachable: false, error: 'no route' }),
    point({ target: 'gateway', role: 'gateway', method: 'stamp' }, { rtt_difference_ms: -2, mos_difference: 0.1 }),
    point({ target: 'gateway', role: 'gateway', method: 'stamp', family: 'ipv4' }, { reachable: true, rtt_ms: 9 }),
    point({ target: 'gateway', role: 'gateway', method: 'icmp', family: 'ipv4' }, { reachable: true, rtt_ms: 8 }),
    point({ target: 'first-hop', role: 'first-hop', method: 'icmp', family: 'ipv4' }, { reachable: true }),
    point({ target: 'x', role: 'of a newer agent', method: 'icmp', family: 'ipv4' }, { reachable: true }),
  ]);
  expect(rows.map(({ target, method }) => `${target} ${method}`)).toEqual([
    ...['first-hop icmp', 'dns-2 tcp', 'dns-10 tcp', 'gateway icmp', 'gateway stamp'],
  ]);
  expect(rows[1]?.ipv4).toMatchObject({ reachable: false, error: 'no route', rttMs: undefined });
  expect(rows[1]?.ipv6).toBeUndefined();
  expect(rows[4]).toMatchObject({ ipv4: { rttMs: 9 }, difference: { rttMs: -2, mos: 0.1, lossPercent: undefined } });
});

it.each([
  [4.03, 'good'],
  [3.6, 'warn'],
  [3.59, 'bad'],
] as const)('takes a MOS of %s for %s', (mos, tone) => {
  expect(mosTone(mos)).toBe(tone);
});
