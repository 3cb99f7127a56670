import { describe, expect, it } from 'vitest';
import { inRounds, type Round } from './bench.ts';
import { Cleanup } from './cleanup.ts';
import { median, medians, rounded } from './figures.ts';
import { percentiles } from './percentiles.ts';
import { Progress } from './progress.ts';

const context = () => ({ cleanup: new Cleanup(), progress: new Progress({ write: () => true, isTTY: false }) });

describe('figures', () => {
  it('have a median and percentiles', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, Number.NaN]);
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentiles(hundred)).toEqual({ p50: 50, p95: 95, p99: 99, max: 100 });
    expect([rounded(123_456), rounded(0.000123456)]).toEqual([123_500, 0.0001235]);
  });

  it('are gathered over rounds, groups too', () => {
    const rounds = [1, 5, 2].map((value) => ({ value, group: { value: value * 10 } }));
    expect(medians(rounds)).toEqual({ value: 2, group: { value: 20 } });
  });

  it('of several rounds come with the range of the ratios, and with what failed in which', async () => {
    const rounds: Round[] = [
      { ours: { value: 1 }, peer: { value: 2 }, ratios: { value: 0.5 } },
      { ours: { value: 3 }, peer: { value: 4 }, ratios: { value: 0.75 }, failures: ['lost'] },
    ];
    const outcome = await inRounds(2, context(), async (_inner, round) => rounds[round - 1]!);
    expect(outcome).toEqual({
      ours: { value: 2 },
      peer: { value: 3 },
      ratios: { value: { median: 0.625, low: 0.5, high: 0.75 } },
      failures: ['round 2: lost'],
    });
  });

  it('of ours alone have no peer and no ratio', async () => {
    const outcome = await inRounds(1, context(), async () => ({ ours: { value: 1 } }));
    expect(outcome).toEqual({ ours: { value: 1 }, failures: [] });
  });
});

describe('cleaning up', () => {
  it('undoes everything once, the last first, whatever fails', async () => {
    const done: string[] = [];
    const cleanup = new Cleanup();
    cleanup.defer(() => void done.push('first'));
    cleanup.defer(() => void done.push('second'));
    await Promise.all([cleanup.run(), cleanup.run()]);
    expect(done).toEqual(['second', 'first']);
  });

  it('that has begun lets nothing more be started', async () => {
    const done: string[] = [];
    const cleanup = new Cleanup();
    const deferTooLate = (name: string): void => cleanup.defer(() => void done.push(name));
    let thrown: unknown;
    cleanup.defer(() => {
      // A measurement that does not know yet that it is over.
      try {
        deferTooLate('late');
      } catch (error) {
        thrown = error;
      }
    });
    await cleanup.run();
    expect(thrown).toEqual(new Error('interrupted'));
    expect(done).toEqual(['late']);
    expect(() => deferTooLate('later')).toThrow('interrupted');
    await cleanup.run();
    expect(done).toEqual(['late', 'later']);
  });

  it('of one round is over before the next begins', async () => {
    const open: number[] = [];
    await inRounds(2, context(), async ({ cleanup }, round) => {
      expect(open).toEqual([]);
      open.push(round);
      cleanup.defer(() => void open.pop());
      return { ours: {} };
    });
    expect(open).toEqual([]);
  });
});
