import { describe, expect, it } from 'vitest';
import { Acknowledged, compare, rangesOf } from './acknowledged.ts';

describe('the record of what was acknowledged', () => {
  it('joins what follows, whatever the order', () => {
    expect(rangesOf([3, 1, 2, 7, 5, 6, 6])).toEqual([
      [1, 3],
      [5, 7],
    ]);
    expect(rangesOf([])).toEqual([]);
  });

  it('is kept by device', () => {
    const record = new Acknowledged();
    for (const sequence of [1, 2, 4]) record.add('a', sequence);
    record.add('b', 9);
    expect(record.count).toBe(4);
    expect(record.toRanges()).toEqual({
      a: [
        [1, 2],
        [4, 4],
      ],
      b: [[9, 9]],
    });
  });

  it('tells what a store has lost and what it has twice', () => {
    expect(compare([[1, 5]], [5, 4, 2, 1, 2])).toEqual({ acknowledged: 5, lost: 1, doubled: 1 });
    // What was stored and not acknowledged, for its PUBACK was lost, is neither.
    expect(compare([[1, 2]], [1, 2, 3])).toEqual({ acknowledged: 2, lost: 0, doubled: 0 });
    expect(compare([], [])).toEqual({ acknowledged: 0, lost: 0, doubled: 0 });
  });
});
