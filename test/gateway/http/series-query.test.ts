import { expect, test } from 'vitest';
import { parseSeriesQuery, SERIES_POINTS_MAX } from '../../../gateway/http/series-query.ts';

const now = 1_764_000_000_000;
const least = { measurement: 'network', field: 'rx_bytes' };

test('without more, the mean of the last hour in one series of raw points', () => {
  expect(parseSeriesQuery(least, now)).toEqual({
    ...least,
    from: now - 3_600_000,
    to: now,
    aggregate: 'mean',
    groupBy: [],
    limit: SERIES_POINTS_MAX,
  });
});

test('every parameter is read', () => {
  const query = {
    ...least,
    ...{
      from: '1000',
      to: '2000',
      step: '10',
      aggregate: 'max' as const,
      site: 'school',
      device: 'room-1',
      group_by: 'device,interface',
    },
    ...{ 'tag.interface': 'eth0', 'tag.a=b': '' },
  } as const;
  expect(parseSeriesQuery(query, now)).toEqual({
    ...least,
    ...{ from: 1000, to: 2000, step: 10, aggregate: 'max', site: 'school', device: 'room-1' },
    groupBy: ['device', 'interface'],
    tags: { interface: 'eth0', 'a=b': '' },
    limit: SERIES_POINTS_MAX,
  });
});

test.each([
  ['0', 0],
  ['1764000000000', 1_764_000_000_000],
  ['2026-03-01T00:00:00Z', Date.UTC(2026, 2, 1)],
  ['2026-03-01T08:00:00.250+08:00', Date.UTC(2026, 2, 1) + 250],
  ['2026-03-01T08:00+08:00', Date.UTC(2026, 2, 1)],
  ['2026-03-01', Date.UTC(2026, 2, 1)],
])('the moment %s', (from, expected) => {
  expect(parseSeriesQuery({ ...least, from, to: '1900000000000' }, now).from).toBe(expected);
});

test.each([
  ['500', 500],
  ['500ms', 500],
  ['10s', 10_000],
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['1d', 86_400_000],
])('the step %s', (step, expected) => {
  expect(parseSeriesQuery({ ...least, step }, now).step).toBe(expected);
});

test.each([
  ['from', { from: 'yesterday' }],
  ['from', { from: '2026-03-01T08:00:00' }],
  ['from', { from: '2026-13-01' }],
  ['from', { from: '1e9' }],
  ['from', { from: '9999999999999999' }],
  ['from', { from: '2000', to: '1000' }],
  ['from', { from: '1000', to: '1000' }],
  ['to', { to: 'NaN' }],
  ['step', { step: '0' }],
  ['step', { step: '-5' }],
  ['step', { step: '5 m' }],
  ['step', { step: '5w' }],
  ['step', { step: '1.5h' }],
  ['step', { step: '1', from: '0', to: '100000000' }],
  ['group_by', { group_by: 'device,' }],
  ['group_by', { group_by: 'device,device' }],
  ['group_by', { group_by: Array.from({ length: 19 }, (_, n) => `k${n}`).join(',') }],
  ['tag.', { 'tag.': 'x' }],
  ['grou_by', { grou_by: 'device' }],
])('what is wrong with %s is said: %j', (name, wrong) => {
  expect(() => parseSeriesQuery({ ...least, ...wrong }, now)).toThrow(
    expect.objectContaining({
      code: 'request_invalid',
      message: expect.stringContaining(`querystring/${name}: expected`),
    }),
  );
});
