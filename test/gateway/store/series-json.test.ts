import { expect, test } from 'vitest';
import { encodeSeries } from '../../../gateway/store/series-json.ts';
import type { Series, SeriesResult } from '../../../gateway/store/store.ts';

const result = (...series: Series[]): SeriesResult => ({ series, truncated: false });

test.each<[string, SeriesResult]>([
  ['no series', { series: [], truncated: true }],
  ['a series without points', result({ tags: {}, points: [] })],
  ['a single point', result({ tags: { device: 'room-1' }, points: [[1_796_004_000_000, 1.5]] })],
  [
    'numbers of every length',
    result({
      tags: {},
      points: [0, -0, 5, -Math.PI * 1e-300, 1e21, 0.1 + 0.2, Number.MAX_VALUE].map((value, index) => [
        index * 300_000,
        value,
      ]),
    }),
  ],
  [
    'numbers that JSON has no word for',
    result({
      tags: {},
      points: [
        [1, Number.NaN],
        [2, Infinity],
        [3, 4],
      ],
    }),
  ],
  [
    'texts with commas, and booleans',
    result({
      tags: {},
      points: [
        [1, 'a,"b]'],
        [2, '教室'],
        [3, true],
      ],
    }),
  ],
  [
    'numbers and texts mixed',
    result({
      tags: {},
      points: [
        [1, 2],
        [2, 'x,y'],
      ],
    }),
  ],
  [
    'tags in Chinese, and series whose times differ',
    result(
      {
        tags: { place: '三楼,"东"' },
        points: [
          [1, 1],
          [2, 2],
          [3, 3],
        ],
      },
      {
        tags: { place: '😀' },
        points: [
          [2, 4],
          [3, 5],
        ],
      },
      {
        tags: {},
        points: [
          [1, 6],
          [2, 7],
          [9, 8],
          [10, 9],
        ],
      },
    ),
  ],
])('%s are written as JSON.stringify does', (_, series) => {
  expect(Buffer.from(encodeSeries(series)).toString()).toBe(JSON.stringify(series));
});

test('an answer larger than the first piece of memory is whole', () => {
  const points = Array.from({ length: 20_000 }, (_, index): [number, number] => [index * 1000, Math.sin(index)]);
  const many = result(...['a', 'b', 'c'].map((device) => ({ tags: { device }, points })));
  expect(Buffer.from(encodeSeries(many)).toString()).toBe(JSON.stringify(many));
});
