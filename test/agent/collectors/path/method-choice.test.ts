import { describe, expect, test } from 'vitest';
import { type Choice, decide, meansToTry, noChoice } from '../../../../agent/collectors/path/method-choice.ts';
import type { Means, MeansList } from '../../../../agent/collectors/path/targets.ts';

const stamp: Means = { method: 'stamp', port: 8862 };
const tcp: Means = { method: 'tcp', port: 8883 };
const both: MeansList = [stamp, tcp];

/** Cycles in which what is in `alive` answers; gives what was tried and what was reported in each. */
function cycles(alive: readonly (readonly Means[])[], means = both): string[] {
  let choice: Choice = noChoice;
  return alive.map((answering) => {
    const tried = meansToTry(means, choice);
    const [reported, next] = decide(
      means,
      choice,
      tried.filter((one) => answering.includes(one)),
    );
    choice = next;
    return `${tried.map(({ method }) => method).join('+')}: ${reported.method}`;
  });
}

describe('the way to measure', () => {
  test('is the best that is answered, alone from then on', () => {
    expect(
      cycles([
        [stamp, tcp],
        [stamp, tcp],
      ]),
    ).toEqual(['stamp+tcp: stamp', 'stamp: stamp']);
    expect(cycles([[tcp], [tcp]])).toEqual(['stamp+tcp: tcp', 'tcp: tcp']);
  });

  test('stays what it was while nothing is answered, and all are tried until something is', () => {
    expect(cycles([[stamp], [], [], [tcp], [tcp]])).toEqual([
      'stamp+tcp: stamp',
      'stamp: stamp',
      'stamp+tcp: stamp',
      'stamp+tcp: tcp',
      'tcp: tcp',
    ]);
  });

  test('is the plainest where nothing was ever answered', () => {
    expect(cycles([[], []])).toEqual(['stamp+tcp: tcp', 'stamp+tcp: tcp']);
  });

  test('becomes the better one again when that is there', () => {
    const found = cycles([...Array.from({ length: 5 }, () => [tcp]), ...Array.from({ length: 8 }, () => [stamp, tcp])]);
    expect(found.slice(9)).toEqual(['tcp: tcp', 'stamp+tcp: stamp', 'stamp: stamp', 'stamp: stamp']);
  });
});
