import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InfluxDbStore } from '../../../gateway/store/influxdb/influxdb-store.ts';
import { Influxd } from '../../support/influxd.ts';
import { storeConformance } from './conformance/conformance.ts';

let influxd: Influxd;
beforeAll(async () => {
  influxd = await Influxd.start();
});
afterAll(() => influxd.remove());

let databases = 0;
const needs = { holdDays: 365 };
const fresh = async (): Promise<InfluxDbStore> => {
  const target = { version: 1, url: influxd.url, database: `campus_${++databases}` } as const;
  const store = new InfluxDbStore(target, needs);
  await store.check();
  return store;
};

storeConformance({ name: 'InfluxDB 1.x', open: fresh, holds: ['number', 'string', 'boolean'], deletes: true });

describe('InfluxDB alone', () => {
  it('says that the server is away, and takes the batch when it is back', async () => {
    const store = await fresh();
    const points = [{ site: 's', device: 'd', measurement: 'system', tags: {}, fields: { load1: 1 }, time: 1000 }];
    await influxd.kill('SIGTERM');
    await expect(store.write({ points, position: 1 })).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(store.latest({})).rejects.toMatchObject({ code: 'store_unavailable' });
    await influxd.run();
    await store.write({ points, position: 1 });
    expect(await store.latest({})).toEqual(points);
  });
});
