import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { CampusError } from '../../../contract/errors.ts';
import { encodeMessages } from '../../../gateway/store/batch.ts';
import { DuckDbStore } from '../../../gateway/store/duckdb/duckdb-store.ts';
import { SecondTry } from '../../../gateway/store/second-try.ts';
import { SetAside } from '../../../gateway/store/set-aside.ts';
import type { Store } from '../../../gateway/store/store.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const HOUR_MS = 3600_000;
const DAY_MS = 24 * HOUR_MS;
const NOON = 1_790_000_000_000;

/** The file of a gateway, with messages whose value is their number. */
function setAsideFile() {
  const clock = { now: NOON };
  const setAside = new SetAside(join(temporaryDirectory(), 'set-aside.sqlite'), () => clock.now);
  onTestFinished(() => setAside.close());
  const add = (consumer: string, value: number, device = 'room', client = 'c1'): void => {
    const point = {
      site: 'school',
      device,
      measurement: 'sensor',
      tags: { client },
      fields: { value },
      time: NOON + value,
    };
    for (const message of encodeMessages([point])) setAside.add(consumer, message);
  };
  const count = (consumer: string): number => setAside.list(consumer, 0, 100_000).length;
  return { setAside, add, count, clock };
}

it('keeps messages by store, whole, in a file of its own that nobody else may read', () => {
  const { setAside, add, count } = setAsideFile();
  expect(count('duckdb')).toBe(0);
  setAside.prune();
  setAside.erase({ text: 'c1' });
  expect(existsSync(setAside.path)).toBe(false);
  add('duckdb', 1);
  add('influxdb://h/db', 2);
  expect([count('duckdb'), count('influxdb://h/db'), count('other')]).toEqual([1, 1, 0]);
  expect(statSync(setAside.path).mode & 0o777).toBe(0o600);
});

it('forgets what is too old, the oldest when there are too many, and what is erased', () => {
  const { setAside, add, count, clock } = setAsideFile();
  add('duckdb', 1, 'room-1');
  clock.now += 29 * DAY_MS;
  add('duckdb', 2, 'room-2', 'of somebody');
  add('duckdb', 3, 'room-2');
  setAside.prune();
  expect(count('duckdb')).toBe(3);
  clock.now += 2 * DAY_MS;
  setAside.prune();
  expect(count('duckdb')).toBe(2);
  setAside.erase({ text: 'of somebody' });
  expect(count('duckdb')).toBe(1);
  setAside.erase({ site: 'school', device: 'room-2' });
  expect(count('duckdb')).toBe(0);
});

it('is tried again hour by hour, and forgets what the store has taken', async () => {
  const { setAside, add, count } = setAsideFile();
  const duckdb = await DuckDbStore.open(join(temporaryDirectory(), 'store.duckdb'));
  onTestFinished(() => duckdb.close());
  const clock = { ms: 0 };
  const bad = new Set([2]);
  // The real store, but for messages that it does not take yet.
  const store: Store = Object.create(duckdb, {
    merge: {
      value: (batch: Parameters<Store['merge']>[0]) => {
        if (batch.points.some(({ fields }) => bad.has(Number(fields['value']))))
          return Promise.reject(new CampusError('store_failed', 'not this one'));
        return duckdb.merge(batch);
      },
    },
  });
  const taken: number[] = [];
  const onTaken = (messages: number): void => void taken.push(messages);
  const secondTry = new SecondTry({ setAside, store, consumer: 'duckdb', onTaken, elapsed: () => clock.ms });
  for (const value of [1, 2, 3]) add('duckdb', value);
  add('influxdb://h/db', 4);
  await secondTry.run();
  expect(count('duckdb')).toBe(3);
  clock.ms += HOUR_MS;
  await secondTry.run();
  expect([count('duckdb'), count('influxdb://h/db'), taken]).toEqual([1, 1, [2]]);
  bad.clear();
  await secondTry.run();
  expect(count('duckdb')).toBe(1);
  clock.ms += HOUR_MS;
  await secondTry.run();
  expect([count('duckdb'), taken]).toEqual([0, [2, 1]]);
  const query = { measurement: 'sensor', field: 'value', from: NOON, to: NOON + 100, limit: 10 };
  const { series } = await duckdb.series({ ...query, aggregate: 'mean', groupBy: [] });
  expect(series[0]?.points.map(([, value]) => value)).toEqual([1, 2, 3]);
  expect(await duckdb.position()).toBe(0);
});
