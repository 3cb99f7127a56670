import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { InfluxDbStore } from '../../../gateway/store/influxdb/influxdb-store.ts';
import { InfluxStandIn, type StandInOptions } from '../../support/influx-stand-in.ts';
import { Influxd } from '../../support/influxd.ts';
import { storeConformance } from './conformance/conformance.ts';

/*
 * No server of InfluxDB 2.x or 3 can be had here, so these tests talk to a stand-in that knows their requests and answers and has a real
 * InfluxDB 1.x behind it: line protocol and InfluxQL are those of a real server, paths, headers and refusals are as documented.
 */

let influxd: Influxd;
beforeAll(async () => {
  influxd = await Influxd.start();
});
afterAll(() => influxd.remove());

const needs = { holdDays: 365, askForLess: (days: number) => `ask for ${days} days` };
const secret = 'token-of-the-gateway==';
const v2: StandInOptions = { version: 2, token: secret, org: 'no3 school', database: 'campus' };
const v3: StandInOptions = { version: 3, token: secret, database: 'campus' };

async function standIn(options: StandInOptions): Promise<InfluxStandIn> {
  const server = await InfluxStandIn.start(influxd, options);
  onTestFinished(() => server.stop());
  return server;
}

function storeOf(url: string, { version, org, database }: StandInOptions, token = secret): InfluxDbStore {
  const target = { version, url, database, ...(org === undefined ? {} : { org }), credentials: { secret: token } };
  return new InfluxDbStore(target, needs);
}

async function fresh(options: StandInOptions): Promise<InfluxDbStore> {
  const store = storeOf((await standIn(options)).url, options);
  await store.check();
  return store;
}

storeConformance({
  name: 'InfluxDB 2.x (stand-in)',
  open: () => fresh(v2),
  holds: ['number', 'string', 'boolean'],
  deletes: true,
});
storeConformance({
  name: 'InfluxDB 3 (stand-in)',
  open: () => fresh(v3),
  holds: ['number', 'string', 'boolean'],
  deletes: false,
  erases: false,
});

const points = [
  { site: 's', device: 'd', measurement: 'system', tags: {}, fields: { load1: 1 }, time: 1_790_000_000_000 },
];

describe('requests', () => {
  it('to InfluxDB 2.x go to the organisation and bucket with a token', async () => {
    const server = await standIn(v2);
    const store = storeOf(server.url, v2);
    await store.write({ points, position: 1 });
    await store.latest({ measurement: 'system' });
    expect(server.requests).toContainEqual({
      method: 'POST',
      path: '/api/v2/write',
      query: { org: 'no3 school', bucket: 'campus', precision: 'ms' },
      authorization: `Token ${secret}`,
    });
    expect(server.requests).toContainEqual({
      method: 'POST',
      path: '/query',
      query: { db: 'campus', epoch: 'ms' },
      authorization: `Token ${secret}`,
    });
  });

  it('to a bucket that is named after database and retention policy name both in InfluxQL', async () => {
    const options = { ...v2, database: 'campus/raw' };
    const store = await fresh(options);
    await store.write({ points, position: 1 });
    expect(await store.latest({})).toEqual(points);
  });

  it('to InfluxDB 3 go to the database with a bearer token', async () => {
    const server = await standIn(v3);
    const store = storeOf(server.url, v3);
    await store.write({ points, position: 1 });
    await store.latest({ measurement: 'system' });
    expect(server.requests).toContainEqual({
      method: 'POST',
      path: '/api/v3/write_lp',
      query: { db: 'campus', precision: 'millisecond' },
      authorization: `Bearer ${secret}`,
    });
    expect(server.requests.at(-1)).toEqual({
      method: 'POST',
      path: '/query',
      query: { db: 'campus', epoch: 'ms' },
      authorization: `Bearer ${secret}`,
    });
  });
});

describe('checks', () => {
  const checked = async (options: StandInOptions, more: Partial<StandInOptions> = {}, token = secret) => {
    const server = await standIn(options);
    return storeOf(server.url, { ...options, ...more }, token)
      .check()
      .catch((error: { code: string; message: string }) => `${error.code}: ${error.message}`);
  };

  it('pass where everything is as it should be', async () => {
    expect(await checked(v2)).toEqual([]);
    expect(await checked({ ...v2, retentionSeconds: 365 * 86_400 })).toEqual([]);
    expect(await checked(v3)).toEqual([expect.stringContaining('influxdb3 show retention')]);
  });

  it.each([
    ['a bucket that is not there', {}, { database: 'canpus' }, 'influx bucket create --org'],
    ['an organisation that is not there', {}, { org: 'no4 school' }, 'influx bucket create --org'],
    [
      'a bucket that forgets too early',
      { retentionSeconds: 30 * 86_400 },
      {},
      'keeps points for 30 days, expected at least 365',
    ],
    ['a bucket that InfluxQL does not find', { isMapped: false }, {}, 'influx v1 dbrp create'],
  ])('of 2.x find %s and say what to do', async (_name, server, asked, expected) => {
    expect(await checked({ ...v2, ...server }, asked)).toMatch(/^store_misconfigured: InfluxDB 2 at http:/);
    expect(await checked({ ...v2, ...server }, asked)).toContain(expected);
  });

  it.each([v2, v3])('of $version find a token that is not known, and do not repeat it', async (options) => {
    const answer = await checked(options, {}, 'another-token');
    expect(answer).toMatch(/^store_misconfigured: .* answers 401/);
    expect(answer).not.toContain('another-token');
  });

  it.each([v2, v3])('of $version are made before the first write', async (options) => {
    const store = storeOf((await standIn(options)).url, options, 'another-token');
    await expect(store.write({ points, position: 1 })).rejects.toMatchObject({ code: 'store_misconfigured' });
  });
});
