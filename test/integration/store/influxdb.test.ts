import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { InfluxDbStore } from '../../../gateway/store/influxdb/influxdb-store.ts';
import { Influxd } from '../../support/influxd.ts';
import { storeConformance } from './conformance/conformance.ts';

let influxd: Influxd;
beforeAll(async () => {
  influxd = await Influxd.start();
});
afterAll(() => influxd.remove());

let databases = 0;
const needs = { holdDays: 365, askForLess: (days: number) => `ask for ${days} days` };
const fresh = async (): Promise<InfluxDbStore> => {
  const target = { version: 1, url: influxd.url, database: `campus_${++databases}` } as const;
  const store = new InfluxDbStore(target, needs);
  await store.check();
  return store;
};

storeConformance({ name: 'InfluxDB 1.x', open: fresh, holds: ['number', 'string', 'boolean'], deletes: true });

/** Runs a statement as whoever administers the server. */
async function administer(server: Influxd, statement: string, account?: string): Promise<void> {
  const headers: Record<string, string> =
    account === undefined ? {} : { authorization: `Basic ${Buffer.from(account).toString('base64')}` };
  const body = new URLSearchParams({ q: statement });
  const response = await fetch(`${server.url}/query`, { method: 'POST', headers, body });
  expect(await response.text()).not.toContain('error');
}

describe('checks of InfluxDB 1.x', () => {
  const storeAt = (url: string, database: string, login?: { username: string; secret: string }): InfluxDbStore =>
    new InfluxDbStore({ version: 1, url, database, ...(login && { credentials: login }) }, needs);

  it('make the database, and find a retention policy that forgets too early', async () => {
    const store = storeAt(influxd.url, 'checked');
    expect(await store.check()).toEqual([]);
    await administer(influxd, 'ALTER RETENTION POLICY "autogen" ON "checked" DURATION 30d');
    await expect(store.check()).rejects.toMatchObject({
      code: 'store_misconfigured',
      message: expect.stringMatching(
        /keeps points for 30 days, expected at least 365: ALTER RETENTION POLICY "autogen" ON "checked" DURATION 365d, or ask for 30 days$/,
      ),
    });
    await administer(influxd, 'ALTER RETENTION POLICY "autogen" ON "checked" DURATION 365d');
    expect(await store.check()).toEqual([]);
  });

  it('find a database without a default retention policy', async () => {
    await administer(influxd, 'CREATE DATABASE "bare"');
    await administer(influxd, 'DROP RETENTION POLICY "autogen" ON "bare"');
    await expect(storeAt(influxd.url, 'bare').check()).rejects.toMatchObject({
      code: 'store_misconfigured',
      message: expect.stringContaining('CREATE RETENTION POLICY'),
    });
  });

  it('know who may do what', async () => {
    const guarded = await Influxd.start({ auth: true });
    onTestFinished(() => guarded.remove());
    await administer(guarded, `CREATE USER root WITH PASSWORD 'root-secret' WITH ALL PRIVILEGES`);
    const root = 'root:root-secret';
    for (const statement of [
      'CREATE DATABASE campus',
      `CREATE USER edge WITH PASSWORD 'edge-secret'`,
      'GRANT ALL ON campus TO edge',
      `CREATE USER guest WITH PASSWORD 'guest-secret'`,
    ]) {
      await administer(guarded, statement, root);
    }
    const as = (username: string, secret: string): InfluxDbStore =>
      storeAt(guarded.url, 'campus', { username, secret });
    const edge = as('edge', 'edge-secret');
    expect(await edge.check()).toEqual([]);
    await edge.write({ points, position: 1 });
    expect(await edge.latest({})).toEqual(points);
    await expect(as('edge', 'wrong-secret').check()).rejects.toMatchObject({
      code: 'store_misconfigured',
      message: expect.stringMatching(/^(?!.*wrong-secret).*401/),
    });
    await expect(as('guest', 'guest-secret').write({ points, position: 1 })).rejects.toMatchObject({
      code: 'store_misconfigured',
      message: expect.stringContaining('403'),
    });
  });
});

const points = [{ site: 's', device: 'd', measurement: 'system', tags: {}, fields: { load1: 1 }, time: 1000 }];

describe('InfluxDB alone', () => {
  it('says that the server is away, and takes the batch when it is back', async () => {
    const store = await fresh();
    await influxd.kill('SIGTERM');
    await expect(store.write({ points, position: 1 })).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(store.latest({})).rejects.toMatchObject({ code: 'store_unavailable' });
    await influxd.run();
    await store.write({ points, position: 1 });
    expect(await store.latest({})).toEqual(points);
  });

  it('makes its database again when somebody dropped it', async () => {
    const store = await fresh();
    await store.write({ points, position: 1 });
    await administer(influxd, `DROP DATABASE "campus_${databases}"`);
    await expect(store.write({ points, position: 2 })).rejects.toMatchObject({ code: 'store_misconfigured' });
    await store.write({ points, position: 2 });
    expect(await store.latest({})).toEqual(points);
  });

  it('shows no points of other programs in its database', async () => {
    const store = await fresh();
    await store.write({ points, position: 1 });
    const url = `${influxd.url}/write?db=campus_${databases}&precision=ms`;
    for (const line of ['system,host=a load1=2 1000', 'cpu,host=a busy=1 1000']) {
      expect((await fetch(url, { method: 'POST', body: line })).status).toBe(204);
    }
    expect(await store.read({ measurement: 'system', from: 0, to: 5000, limit: 10 })).toEqual({ points });
    expect(await store.read({ measurement: 'cpu', from: 0, to: 5000, limit: 10 })).toEqual({ points: [] });
    expect(await store.latest({})).toEqual(points);
  });

  it('keeps every point of a batch but those whose field comes with two types at once', async () => {
    const store = await fresh();
    const mixed = Array.from({ length: 100 }, (_, index) => ({
      ...points[0]!,
      fields: { load1: index === 50 ? 'high' : index },
      time: 1000 + index,
    }));
    // A new database has no type yet that a single point could contradict.
    expect(await store.write({ points: mixed, position: 1 })).toEqual({ skipped: 1 });
    expect((await store.read({ measurement: 'system', from: 0, to: 5000, limit: 1000 })).points).toHaveLength(99);
  });
});
