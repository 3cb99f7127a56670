import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Type } from '#typebox';
import type { AnyCollector } from '../../agent/collector.ts';
import { LinuxHost } from '../../agent/host/linux.ts';
import type { Sample } from '../../agent/metric.ts';
import { startRunner } from '../../agent/runner.ts';
import { recordingLog } from './recording-log.ts';

beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }));
afterEach(() => void vi.useRealTimers());

function makeCollector(name: string, collect: AnyCollector['collect']): AnyCollector {
  return { name, defaultIntervalSeconds: 10, configSchema: Type.Object({}), collect };
}

/** Runs collectors at 10 s and gives what they emitted, with the time since the start. */
function run(collectors: readonly AnyCollector[], random = 0.5) {
  const host = new LinuxHost({ monotonicMs: () => performance.now() });
  const startedAt = performance.now();
  const emitted: { at: number; metrics: Sample[] }[] = [];
  const { log, lines } = recordingLog();
  const stop = startRunner({
    host,
    collectors: collectors.map((collector) => ({ collector, intervalSeconds: 10, config: {} })),
    emit: (metrics) => emitted.push({ at: Math.round(performance.now() - startedAt), metrics }),
    random: () => random,
    log,
  });
  onTestFinished(stop);
  const outcomes = (name: string): { at: number; [field: string]: unknown }[] =>
    emitted.flatMap(({ at, metrics }) =>
      metrics.filter((metric) => metric.tags['collector'] === name).map(({ fields }) => ({ at, ...fields })),
    );
  return { emitted, outcomes, lines, stop };
}

const point = { name: 'system', tags: {}, fields: { load1: 1 } };

describe('the runner', () => {
  test('sends what a collector measured before it failed at something else, and says that it failed', async () => {
    const partly = makeCollector('one', async () => ({ metrics: [point], failures: [new Error('hostapd is dead')] }));
    const { emitted, outcomes } = run([partly], 0);
    await vi.advanceTimersByTimeAsync(10);
    expect(emitted[0]?.metrics[0]).toMatchObject(point);
    expect(outcomes('one')).toMatchObject([{ outcome: 'error', error: 'hostapd is dead', metric_count: 1 }]);
  });

  test('runs within a second of the start, once more soon after, and then in the same phase', async () => {
    const { emitted } = run([makeCollector('one', async () => [point])], 0.5);
    await vi.advanceTimersByTimeAsync(31_000);
    expect(emitted.map(({ at }) => at)).toEqual([500, 2500, 10_500, 20_500, 30_500]);
  });

  test('says when a run began, by the clock that nobody sets, and adds how it went', async () => {
    const { emitted } = run([makeCollector('one', async () => [point, { ...point, fields: { load1: undefined } }])], 0);
    const startedAt = Math.round(performance.now());
    vi.setSystemTime(0);
    await vi.advanceTimersByTimeAsync(10);
    expect(emitted[0]?.metrics).toEqual([
      { ...point, at: startedAt },
      {
        name: 'agent',
        tags: { collector: 'one' },
        fields: { outcome: 'ok', metric_count: 2, duration_ms: expect.any(Number) },
        at: startedAt,
      },
    ]);
  });

  test('one that throws or is not present is reported, logged once, and disturbs no other', async () => {
    const { outcomes, lines } = run([
      makeCollector('broken', async () => {
        throw new Error('no such sensor');
      }),
      makeCollector('absent', async () => ({ notPresent: 'no modem' })),
      makeCollector('fine', async () => [point]),
    ]);
    await vi.advanceTimersByTimeAsync(21_000);
    expect(outcomes('broken')).toHaveLength(4);
    expect(outcomes('broken')[0]).toMatchObject({ outcome: 'error', error: 'no such sensor', metric_count: 0 });
    expect(outcomes('absent')[0]).toMatchObject({ outcome: 'not-present', error: 'no modem' });
    expect(outcomes('fine').map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(lines.filter(({ msg }) => msg.includes('broken'))).toHaveLength(1);
  });

  test('one that reads a part reports that, and what failed', async () => {
    const partly: AnyCollector = {
      ...makeCollector('partly', async () => []),
      collect: async () => ({ metrics: [point], failures: [new Error('port 1'), new Error('port 2')] }),
    };
    const { emitted, outcomes } = run([partly], 0);
    await vi.advanceTimersByTimeAsync(10);
    expect(emitted[0]?.metrics[0]).toMatchObject(point);
    expect(outcomes('partly')[0]).toMatchObject({ outcome: 'error', error: 'port 1; port 2', metric_count: 1 });
  });

  test('nobody learns by an error which clients there are', async () => {
    const { outcomes, lines } = run([
      makeCollector('broken', async () => {
        throw new Error('expected a number, got "3c:22:fb:0a:1b:2c"');
      }),
      makeCollector('partly', async () => ({ metrics: [point], failures: [new Error('got "3c:22:fb:0a:1b..."')] })),
    ]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(outcomes('broken')[0]).toMatchObject({ error: 'expected a number, got "[mac]"' });
    expect(outcomes('partly')[0]).toMatchObject({ error: 'got "[mac]..."' });
    expect(JSON.stringify(lines)).not.toContain('3c:22');
  });

  test('one that hangs times out, is told so, and never overlaps itself', async () => {
    let calls = 0;
    let told = false;
    let finish = (): void => undefined;
    const hanging = makeCollector('hanging', (_host, _config, signal) => {
      calls += 1;
      signal.addEventListener('abort', () => {
        told = true;
      });
      return new Promise((resolve) => {
        finish = () => resolve([point]);
      });
    });
    const { outcomes } = run([hanging, makeCollector('fine', async () => [point])], 0);
    await vi.advanceTimersByTimeAsync(10_500);
    // The second run, at 2,000, is left out: one that takes longer is no failure yet.
    expect(outcomes('hanging').map(({ at, outcome }) => `${at} ${outcome}`)).toEqual(['8000 timeout', '10000 timeout']);
    expect({ calls, told }).toEqual({ calls: 1, told: true });
    expect(outcomes('fine')).toHaveLength(3);
    finish();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(calls).toBe(2);
  });

  test('runs that a sleeping machine has missed are not made up for', async () => {
    const { emitted } = run([makeCollector('one', async () => [point])], 0);
    await vi.advanceTimersByTimeAsync(10_000);
    const before = emitted.length;
    const real = performance.now();
    vi.spyOn(performance, 'now').mockImplementation(() => real + 65_000);
    onTestFinished(() => void vi.restoreAllMocks());
    await vi.advanceTimersByTimeAsync(10_000);
    expect(emitted.length - before).toBe(1);
  });

  test('what goes on between samples is ended with it', async () => {
    const closings: string[] = [];
    const { stop } = run([{ ...makeCollector('one', async () => [point]), close: () => void closings.push('one') }]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(closings).toEqual([]);
    stop();
    expect(closings).toEqual(['one']);
  });

  test('emits nothing after it was stopped', async () => {
    let finish = (): void => undefined;
    const slow = makeCollector('slow', () => new Promise((resolve) => (finish = () => resolve([point]))));
    const { emitted, stop } = run([slow], 0);
    await vi.advanceTimersByTimeAsync(100);
    stop();
    finish();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(emitted).toEqual([]);
  });
});
