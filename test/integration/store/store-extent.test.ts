import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { DuckDbStore } from '../../../gateway/store/duckdb/duckdb-store.ts';
import { openStore } from '../../../gateway/store/open-store.ts';
import type { Point } from '../../../gateway/store/store.ts';
import { storeExtent } from '../../../gateway/store/store-extent.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const START = 1_788_220_800_000;
const HOUR = 3600_000;

/** A point every minute for two hours. */
const points = (measurement: string): Point[] =>
  Array.from({ length: 120 }, (_, minute) => ({
    ...{ site: 'school', device: 'room-1', measurement, tags: {}, fields: { n: minute } },
    time: START + minute * 60_000,
  }));

it('DuckDB counts points and averages, each with its oldest', async () => {
  const store = await DuckDbStore.open(join(temporaryDirectory(), 'store.duckdb'));
  onTestFinished(() => store.close());
  await store.write({ points: points('disk'), position: 1 });
  await store.maintain(START + 3 * HOUR);
  await store.deleteOlderThan('disk', START + HOUR, { minute: START + HOUR / 2, hour: START });
  expect(await storeExtent('duckdb', store, START)).toEqual({
    ...{ store: 'duckdb', left: 0 },
    extents: [
      { measurement: 'disk', part: 'points', count: 60, oldest: START + HOUR },
      { measurement: 'disk', part: 'minutes', count: 90, oldest: START + HOUR / 2 },
      { measurement: 'disk', part: 'hours', count: 2, oldest: START },
    ],
  });
});

it('a server that does not answer is told as that', async () => {
  const needs = { holdDays: 1, askForLess: () => '' };
  const store = await openStore('influxdb://127.0.0.1:1/campus', { gatewayDir: temporaryDirectory(), needs });
  onTestFinished(() => store.close());
  const extent = await storeExtent('influxdb', store, START);
  expect(extent).toMatchObject({ store: 'influxdb', extents: [], away: expect.stringContaining('127.0.0.1:1') });
});
