import { describe, expect, it } from 'vitest';
import { growthFailure, lateMemory } from './growth.ts';

const MB = 1e6;
/** Looks at a process, one a step, with what it took at each. */
const run = (of: (step: number) => number, steps = 40): number[] =>
  Array.from({ length: steps }, (_, step) => of(step) * MB);

describe('the growth of a process', () => {
  it('is no failure while it warms up, or where it goes up and down', () => {
    expect(growthFailure('gateway', lateMemory(run((step) => Math.min(200, 100 + 10 * step))))).toBeUndefined();
    expect(growthFailure('gateway', lateMemory(run((step) => 200 + 20 * (step % 2))))).toBeUndefined();
    expect(growthFailure('gateway', lateMemory(run((step) => 300 - step)))).toBeUndefined();
  });

  it('is a failure where it goes on', () => {
    expect(growthFailure('gateway', lateMemory(run((step) => 100 + 2 * step)))).toMatch(
      /^gateway took 13\.4 % more memory in the last quarter/,
    );
  });

  it('is seen in the shortest runs, too', () => {
    for (const steps of [4, 5, 6, 7]) {
      expect(growthFailure('flows', lateMemory(run((step) => 100 + 50 * step, steps)))).toBeDefined();
    }
  });
});
