import { describe, expect, it } from 'vitest';
import { parseSeries } from '../stacks/campus.ts';
import { parseInfluxAnswer } from '../stacks/influxdb.ts';
import { countMeans, differenceOf, meansOfInflux, meansOfOurs } from './query-answers.ts';

const ours = meansOfOurs(
  parseSeries({
    series: [
      {
        tags: { device: 'a' },
        points: [
          [0, 1.5],
          [300_000, 2],
        ],
      },
      { tags: { device: 'b' }, points: [[0, 3]] },
    ],
    truncated: false,
  }),
);

/** What influxd 1.6 answers to `SELECT mean(x) … GROUP BY time(5m), device fill(none)` with `epoch=ms`. */
function influx(second: number, device = 'b'): ReturnType<typeof meansOfInflux> {
  const columns = ['time', 'mean'];
  const series = [
    {
      name: 'cpu',
      tags: { device: 'a' },
      columns,
      values: [
        [0, 1.5],
        [300_000, second],
      ],
    },
    { name: 'cpu', tags: { device }, columns, values: [[0, 3.000000000000001]] },
  ];
  return meansOfInflux(parseInfluxAnswer({ results: [{ statement_id: 0, series }] }));
}

describe('two answers', () => {
  it('agree within the last digits', () => {
    expect(countMeans(ours)).toBe(3);
    expect(differenceOf(ours, influx(2))).toBeUndefined();
  });

  it('differ in a value, a device or a number of means', () => {
    expect(differenceOf(ours, influx(2.001))).toBe('a at 300000: ours has 2, theirs 2.001');
    expect(differenceOf(ours, influx(2, 'c'))).toBe('b at 0: ours has 3, theirs has none');
    expect(differenceOf(ours, meansOfInflux([]))).toBe('ours has 3 means, theirs 0');
  });

  it('are not read when they are something else', () => {
    expect(() => parseInfluxAnswer({ results: [{ error: 'database not found: campus' }] })).toThrow(
      'database not found',
    );
    expect(() => parseInfluxAnswer({ error: 'x' })).toThrow('influxd answered');
    expect(() => parseSeries({ series: [{ tags: {}, points: [[0, 'x']] }] })).toThrow('unexpected series');
  });
});
