import { describe, expect, it } from 'vitest';
import { SeriesBuffer, withGaps } from '../../../../dashboards/console/src/charts/series-buffer.ts';

const STEP = 10_000;

describe('SeriesBuffer', () => {
  it('continues history with live values, one point a step', () => {
    const buffer = new SeriesBuffer(STEP);
    buffer.load(
      [
        [0, 1],
        [10_000, 2],
      ],
      20_000,
    );
    buffer.push(21_000, 3);
    buffer.push(31_000, 5);
    expect(buffer.line()).toEqual([
      [0, 1],
      [10_000, 2],
      [20_000, 3],
      [30_000, 5],
    ]);
  });

  it('weighs values within a step by the time they stand for', () => {
    const buffer = new SeriesBuffer(STEP);
    // History covers the first 4 s of the step at 10; the sample at 8 s stands for the 4 s after.
    buffer.load([[0, 10]], 4000);
    buffer.push(8000, 20);
    expect(buffer.line()).toEqual([[0, 15]]);
    buffer.push(9999, 15);
    expect(buffer.line()[0]?.[1]).toBeCloseTo(15, 5);
  });

  it('leaves samples out that are older than its last step', () => {
    const buffer = new SeriesBuffer(STEP);
    buffer.load([[20_000, 2]], 30_000);
    buffer.push(5000, 99);
    expect(buffer.line()).toEqual([[20_000, 2]]);
  });

  it('keeps samples that came while history was on its way', () => {
    const buffer = new SeriesBuffer(STEP);
    buffer.push(31_000, 4);
    buffer.load(
      [
        [10_000, 1],
        [20_000, 2],
      ],
      30_000,
    );
    expect(buffer.line()).toEqual([
      [10_000, 1],
      [20_000, 2],
      [30_000, 4],
    ]);
  });

  it('drops what leaves the window', () => {
    const buffer = new SeriesBuffer(STEP);
    buffer.load(
      [
        [0, 1],
        [10_000, 2],
        [20_000, 3],
      ],
      30_000,
    );
    buffer.trim(10_000);
    expect(buffer.line()).toEqual([
      [10_000, 2],
      [20_000, 3],
    ]);
    buffer.trim(90_000);
    expect(buffer.line()).toEqual([]);
  });
});

describe('withGaps', () => {
  it('breaks the line where nothing was measured, not at a single lost sample', () => {
    expect(
      withGaps(
        [
          [0, 1],
          [10_000, 1],
          [30_000, 1],
          [90_000, 1],
          [100_000, 1],
        ],
        STEP,
      ),
    ).toEqual([
      [0, 1],
      [10_000, 1],
      [30_000, 1],
      [40_000, null],
      [90_000, 1],
      [100_000, 1],
    ]);
  });

  it('takes a slow sampler as it is', () => {
    const minutes = Array.from({ length: 5 }, (_, index): [number, number] => [index * 60_000, index]);
    expect(withGaps(minutes, STEP)).toEqual(minutes);
  });
});
