import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { VictoriaMetricsStore } from '../../../gateway/store/victoriametrics/victoriametrics-store.ts';
import { listenOnFreePort } from '../../support/listen.ts';
import { VictoriaMetrics } from '../../support/victoria-metrics.ts';
import { storeConformance } from './conformance/conformance.ts';

const needs = { holdDays: 365, askForLess: (days: number) => `ask for ${days} days` };
const clocks = { now: Date.now, elapsed: () => performance.now() };

/** The server that was started last: every store has one of its own, for nothing else empties it. */
let server: VictoriaMetrics;

async function fresh(): Promise<VictoriaMetricsStore> {
  const started = await VictoriaMetrics.start();
  onTestFinished(() => started.remove());
  server = started;
  const store = new VictoriaMetricsStore({ url: server.url, selectUrl: server.url }, needs, clocks);
  await store.check();
  return store;
}

storeConformance({
  name: 'VictoriaMetrics',
  open: fresh,
  settle: () => server.settle(),
  holds: ['number', 'boolean'],
  deletes: false,
});

const points = [
  {
    site: 's',
    device: 'd',
    measurement: 'system',
    tags: {},
    fields: { load1: 1, idle: true },
    time: Date.now() - 60_000,
  },
];

describe('VictoriaMetrics alone', () => {
  it('has series as Prometheus users expect them', async () => {
    const store = await fresh();
    await store.write({ points, position: 1 });
    await server.settle();
    const answer = await fetch(`${server.url}/api/v1/series?match[]={site="s"}&start=1`);
    const { data } = (await answer.json()) as { data: Record<string, string>[] };
    expect(data.toSorted((one) => (one['__name__'] === 'system_idle' ? -1 : 1))).toEqual([
      { __name__: 'system_idle', site: 's', device: 'd', measurement: 'system', value_type: 'boolean' },
      { __name__: 'system_load1', site: 's', device: 'd', measurement: 'system' },
    ]);
  });

  it('deletes series that have ended before what is older than asked, for only they can be', async () => {
    const store = await fresh();
    const day = 24 * 3600_000;
    const client = (name: string, days: number) => ({
      ...{ site: 's', device: 'd', measurement: 'wifi', tags: { client: name }, fields: { rssi: -60 } },
      time: Date.now() - days * day,
    });
    const ended = [client('ended', 20), client('ended', 18)];
    const going = [client('going', 20), client('going', 2)];
    const other = { ...client('ended', 20), measurement: 'disk' };
    await store.write({ points: [...ended, ...going, other], position: 1 });
    await server.settle();
    await store.deleteOlderThan('wifi', Date.now() - 14 * day);
    const of = async (measurement: string) =>
      (await store.read({ measurement, from: 0, to: Date.now(), limit: 10 })).points;
    expect(await of('wifi')).toEqual(going);
    expect(await of('disk')).toEqual([other]);
  });

  it('says that the server is away, and takes the batch when it is back', async () => {
    const store = await fresh();
    await server.kill();
    await expect(store.write({ points, position: 1 })).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(store.latest({})).rejects.toMatchObject({ code: 'store_unavailable' });
    await server.run();
    await store.write({ points, position: 1 });
    await server.settle();
    expect(await store.latest({})).toEqual(points);
  });

  it.each([
    [['-retentionPeriod=100y'], '-dedup.minScrapeInterval=0s: start it with -dedup.minScrapeInterval=1ms'],
    [['-retentionPeriod=100y', '-dedup.minScrapeInterval=30s'], 'points that lie close together would be lost'],
    [['-dedup.minScrapeInterval=1ms'], 'start it with -retentionPeriod=365d, or ask for 31'],
    [['-dedup.minScrapeInterval=1ms', '-retentionPeriod=2d'], 'keeps points for 2 days (-retentionPeriod=2d)'],
  ])('is not used when it was started with %j', async (flags, expected) => {
    const wrong = await VictoriaMetrics.start(flags);
    onTestFinished(() => wrong.remove());
    const store = new VictoriaMetricsStore({ url: wrong.url, selectUrl: wrong.url }, needs, clocks);
    const misconfigured = { code: 'store_misconfigured', message: expect.stringContaining(expected) };
    await expect(store.check()).rejects.toMatchObject(misconfigured);
    await expect(store.write({ points, position: 1 })).rejects.toMatchObject(misconfigured);
  });

  it('needs the right login, and does not repeat a wrong one', async () => {
    const guarded = await VictoriaMetrics.start([
      '-dedup.minScrapeInterval=1ms',
      '-retentionPeriod=100y',
      '-httpAuth.username=edge',
      '-httpAuth.password=edge-secret',
    ]);
    onTestFinished(() => guarded.remove());
    const as = (secret: string): VictoriaMetricsStore => {
      const target = { url: guarded.url, selectUrl: guarded.url, credentials: { username: 'edge', secret } };
      return new VictoriaMetricsStore(target, needs, clocks);
    };
    expect(await as('edge-secret').check()).toEqual([]);
    await as('edge-secret').write({ points, position: 1 });
    await expect(as('wrong-secret').check()).rejects.toMatchObject({
      code: 'store_misconfigured',
      message: expect.stringMatching(/^(?!.*wrong-secret).*401/),
    });
  });
});

describe('a cluster of VictoriaMetrics', () => {
  /** One server under the paths of a cluster's two sides: Debian has no cluster. Its pages lie where each side has them. */
  async function cluster(pages: boolean): Promise<{ url: string; selectUrl: string }> {
    const behind = await VictoriaMetrics.start();
    server = behind;
    const relay = createServer(async (request, response) => {
      const url = request.url ?? '';
      const path = url.replace(/^\/(insert\/0\/influx|select\/0\/prometheus|delete\/0\/prometheus)\//, '/');
      const isPage = /^\/(flags|metrics)$/.test(path);
      // The sides' paths have no pages, and beside them lie pages alone.
      const isThere = path === url ? isPage && pages : !isPage;
      if (!isThere) {
        response.writeHead(isPage ? 401 : 404).end();
        return;
      }
      const chunks: Uint8Array[] = [];
      for await (const chunk of request) chunks.push(chunk as Uint8Array);
      const headers = Object.entries(request.headers).filter(([name]) => /^content-(type|encoding)$/.test(name));
      const method = request.method ?? 'GET';
      const body = method === 'GET' ? {} : { body: new Uint8Array(Buffer.concat(chunks)) };
      const answer = await fetch(`${behind.url}${path}`, {
        method,
        headers: Object.fromEntries(headers) as Record<string, string>,
        ...body,
      });
      response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
    });
    const url = `http://127.0.0.1:${await listenOnFreePort(relay)}`;
    onTestFinished(async () => {
      relay.closeAllConnections();
      relay.close();
      await behind.remove();
    });
    return { url: `${url}/insert/0/influx`, selectUrl: `${url}/select/0/prometheus` };
  }

  it.each([true, false])('is written and read at its paths, whether it shows its flags (%s) or not', async (pages) => {
    const store = new VictoriaMetricsStore(await cluster(pages), needs, clocks);
    expect(await store.check()).toEqual(pages ? [] : [expect.stringContaining('see that it runs with -dedup')]);
    await store.write({ points, position: 1 });
    await server.settle();
    expect(await store.latest({})).toEqual(points);
    expect((await store.read({ measurement: 'system', from: 0, to: Date.now(), limit: 10 })).points).toEqual(points);
    expect(await store.durablePosition()).toBe(0);
    await store.erase({ site: 's', device: 'd' });
    expect((await store.read({ measurement: 'system', from: 0, to: Date.now(), limit: 10 })).points).toEqual([]);
  });
});
