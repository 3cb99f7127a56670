import { describe, expect, it } from 'vitest';
import { stepWindows } from '../../../../gateway/store/victoriametrics/read-series.ts';

const end = 10_000;

describe('steps as windows', () => {
  it.each([
    ['whole steps', { from: 100, to: 400, step: 100 }, [{ from: 100, width: 100, step: 100, count: 3 }]],
    [
      'steps that are cut at both ends',
      { from: 150, to: 450, step: 100 },
      [
        { from: 150, width: 50, step: 100, count: 1 },
        { from: 200, width: 100, step: 100, count: 2 },
        { from: 400, width: 50, step: 100, count: 1 },
      ],
    ],
    ['a part of one step', { from: 110, to: 120, step: 100 }, [{ from: 110, width: 10, step: 100, count: 1 }]],
    ['the beginning of one step', { from: 100, to: 120, step: 100 }, [{ from: 100, width: 20, step: 100, count: 1 }]],
    ['a time before 1970', { from: -250, to: 100, step: 100 }, [{ from: 0, width: 100, step: 100, count: 1 }]],
    ['a future without samples', { from: 9900, to: 1e9, step: 100 }, [{ from: 9900, width: 100, step: 100, count: 1 }]],
    ['nothing', { from: 20_000, to: 30_000, step: 100 }, []],
    ['nothing, cut', { from: 20_050, to: 30_000, step: 100 }, []],
  ])('of %s', (_name, query, windows) => {
    expect(stepWindows(query, end)).toEqual(windows);
  });
});
