import { describe, expect, test } from 'vitest';
import type { RoomCheckReport, RoomCheckStep } from '../../../../contract/room-check.ts';
import {
  progressOf,
  reportOf,
  rowsOf,
  stepsOf,
  worstOf,
} from '../../../../dashboards/console/src/check/room-checks.ts';

const words = (en: string) => ({ en, 'zh-CN': `${en}（中）` });

function step(name: RoomCheckStep['step'], family?: 'ipv4' | 'ipv6', delayMs?: number): RoomCheckStep {
  return {
    ...{ step: name, state: 'ok', found: words(`${name} ${family ?? 'both'}`), obstacles: [], allows: 'yes' },
    ...(family === undefined ? {} : { family }),
    figures: delayMs === undefined ? [] : [{ name: 'delay_ms', value: delayMs, unit: 'ms' }],
  };
}

const steps = [step('link'), step('gateway', 'ipv4', 2), step('gateway', 'ipv6', 9)];
const report: RoomCheckReport = {
  ...{ started_at: 1, duration_ms: 2, ready: 'yes', obstacles: [], text: words('yes'), steps },
  families: { ipv4: { ready: 'yes', obstacles: [], text: words('yes') }, ipv6: { ready: 'absent' } },
};

describe('how far a check is', () => {
  test('shows each step: over with what it found, running, or still to come', () => {
    const shown = progressOf({ result: { running: 'dns', steps: [step('link')] } });
    expect(shown.map(({ step: name, state, results }) => [name, state, results.length])).toEqual([
      ['link', 'over', 1],
      ['address', 'over', 0],
      ['first-hop', 'over', 0],
      ['dns', 'running', 0],
      ['portal', 'before', 0],
      ['gateway', 'before', 0],
      ['throughput', 'before', 0],
    ]);
  });

  test('before the device has said anything every step is to come', () => {
    expect(progressOf({}).every(({ state }) => state === 'before')).toBe(true);
  });

  test('a measurement of throughput is no check', () => {
    const result = { target: 'gateway', legs: [] };
    expect([reportOf({ result }), stepsOf({ result })]).toEqual([undefined, []]);
  });
});

describe('a report', () => {
  test('has one line for each step, with its families side by side', () => {
    const rows = rowsOf(steps).map(({ step: name, both, ipv4, ipv6 }) => [name, both, ipv4, ipv6].map(foundOf));
    expect(rows).toEqual([
      ['link', 'link both', undefined, undefined],
      ['gateway', undefined, 'gateway ipv4', 'gateway ipv6'],
    ]);
  });

  test('is remembered by what stood in the way, or else by the slower path', () => {
    expect(worstOf(report)?.en).toBe('gateway ipv6');
    const obstacles = [{ reason: words('packet loss is 3 %'), hint: words('another cable') }];
    expect(worstOf({ ...report, ready: 'no', obstacles })?.['zh-CN']).toBe('packet loss is 3 %（中）');
    expect(worstOf({ ...report, steps: [] })).toBeUndefined();
  });
});

function foundOf(part: RoomCheckStep | string | undefined): string | undefined {
  return typeof part === 'object' ? part.found.en : part;
}
