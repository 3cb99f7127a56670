import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../tidy/sources.ts';
import { performanceDocument } from './performance-document.ts';
import { performanceReport } from './report.ts';
import { type BenchResult, figureAt, parseResults, resultOf } from './result.ts';

const machine = { cpu: 'Test CPU', cores: 2, memory_gb: 8, kernel: '6.1', disk: 'ext4 on /dev/sda1', node: 'v24.0.0' };

function result(at: string, fields: Partial<BenchResult> = {}): BenchResult {
  const outcome = {
    ours: { duration_ms: 71.234, first_ms: 90, means: 28_800 },
    peer: { duration_ms: 1350, first_ms: 1400, means: 28_800 },
    ratios: { duration: { median: 0.0528, low: 0.05, high: 0.06 } },
    failures: [],
  };
  const context = {
    bench: 'query',
    rounds: 3,
    options: { devices: 100 },
    machine,
    commit: 'abc1234',
    now: new Date(at),
  };
  return { ...resultOf(outcome, context), ...fields };
}

describe('results', () => {
  it('are one line of JSON with the ratio of the rounds', () => {
    const line = JSON.stringify(result('2026-03-01T00:00:00Z'));
    expect(JSON.parse(line)).toMatchObject({
      bench: 'query',
      ours: { duration_ms: 71.234 },
      peer: { duration_ms: 1350 },
      ratio: { duration: 0.0528 },
      spread: { duration: [0.05, 0.06] },
      rounds: 3,
    });
    expect(parseResults(`> campus-edge bench\n\n${line}\n`)).toEqual([result('2026-03-01T00:00:00Z')]);
    expect(() => parseResults('{"bench":"query"}')).toThrow('expected a result of a benchmark');
  });

  it('have figures by path', () => {
    const figures = { loaded: { rss_mb: 5 } };
    expect(figureAt(figures, 'loaded.rss_mb')).toBe(5);
    expect([figureAt(figures, 'loaded'), figureAt(figures, 'idle.rss_mb'), figureAt(undefined, 'x')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('the report', () => {
  it('shows the newest result of each benchmark beside its aim, with the machine and the call', () => {
    const older = result('2026-02-01T00:00:00Z', { ours: { duration_ms: 999 } });
    const text = performanceReport([result('2026-03-01T00:00:00Z'), older]);
    expect(text).toContain('2 cores of Test CPU, 8 GB, Linux 6.1, ext4 on /dev/sda1, Node.js v24.0.0');
    expect(text).toContain(
      '| query: a day averaged to 5 minutes, ms | 71.2 | 1,350 | **0.0528** (0.05 to 0.06) | ≤ 0.1 |',
    );
    expect(text).toContain('- `query`: 2026-03-01, commit abc1234, beside MING, 3 rounds, devices 100');
    expect(text).not.toContain('999');
  });

  it('shows agents side by side, with a machine of their own', () => {
    const agent = result('2026-03-02T00:00:00Z', {
      ...{ bench: 'agent', ours: { cpu_percent: 0.61, pss_mb: 71.2 }, options: { peers: true, minutes: 2 } },
      further: { collectd: { cpu_percent: 0.05, pss_mb: 9 }, netdata: { cpu_percent: 2, pss_mb: 80 } },
      machine: { ...machine, cores: 4 },
    });
    const text = performanceReport([agent, result('2026-03-01T00:00:00Z')]);
    expect(text).toContain('Agents side by side. Machine: 4 cores');
    expect(text).toContain('|  | campus-edge agent | collectd | netdata | aim |');
    expect(text).toContain('| CPU, % of a core | 0.61 | 0.05 | 2 | ≤ 1 |');
  });

  it('says what failed, and mixes no machines', () => {
    expect(performanceReport([result('2026-03-01T00:00:00Z', { failures: ['the answers differ'] })])).toContain(
      '**query failed**: the answers differ',
    );
    const elsewhere = result('2026-03-01T00:00:00Z', { bench: 'disk', machine: { ...machine, cores: 64 } });
    expect(() => performanceReport([result('2026-03-01T00:00:00Z'), elsewhere])).toThrow(
      'expected results of one machine',
    );
  });

  it('in docs/performance.md is made from the results kept beside it', () => {
    const docs = join(root, 'docs');
    expect(readFileSync(join(docs, 'performance.md'), 'utf8')).toBe(performanceDocument(docs));
  });
});
