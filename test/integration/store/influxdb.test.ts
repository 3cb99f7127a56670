import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InfluxDbStore } from '../../../gateway/store/influxdb/influxdb-store.ts';
import { Influxd } from '../../support/influxd.ts';
import { storeConformance } from './conformance.ts';

let influxd: Influxd;
beforeAll(async () => {
  influxd = await Influxd.start();
});
afterAll(() => influxd.remove());

let databases = 0;
const fresh = async (): Promise<InfluxDbStore> =>
  new InfluxDbStore({ url: `http://127.0.0.1:${influxd.port}`, database: `campus_${++databases}` });

storeConformance('InfluxDB 1.x', fresh);

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
