import { existsSync, readdirSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Exports } from '../../../gateway/exports.ts';
import { DuckDbStore } from '../../../gateway/store/duckdb/duckdb-store.ts';
import { openHome } from '../../../runtime/home.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';
import { problemIn, startHttpGateway } from './http-gateway.ts';

const start = 1_790_000_000_000;
const range = `from=${start}&to=${start + 1e9}`;

/** A gateway over a real store that has so many points, and its home. */
async function gatewayWith(points: number) {
  const home = openHome(temporaryDirectory());
  const store = await DuckDbStore.open(join(home.gatewayDir, 'store.duckdb'));
  await store.write({
    position: 1,
    points: Array.from({ length: points }, (_, index) => ({
      ...{ site: 'school', device: `room-${index % 3}`, measurement: 'lab sensor', tags: { unit: '度' } },
      ...{ fields: { value: index, text: `number ${index}` }, time: start + index * 1000 },
    })),
  });
  const gateway = await startHttpGateway({ exports: new Exports(home, store) });
  const left = (): string[] => {
    const dir = join(home.gatewayDir, 'tmp');
    return existsSync(dir) ? readdirSync(dir) : [];
  };
  return { ...gateway, store, left };
}

test('an operator takes a range away as a file, and that is in the audit log', async () => {
  const { request, token, registry, left, store } = await gatewayWith(30);
  const path = `/api/v1/export?measurement=lab%20sensor&${range}&format=csv&field=value&device=room-1&device=room-2`;
  const response = await request('GET', path, { token: token('operator') });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
  expect(response.headers.get('content-disposition')).toBe(
    'attachment; filename="lab_sensor-20260921T141320Z-20261003T040000Z.csv"',
  );
  expect(response.headers.get('x-row-count')).toBe('20');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  const lines = (await response.text()).trim().split('\n');
  expect(lines.slice(0, 2)).toEqual(['time,site,device,unit,value', '2026-09-21T14:13:21.000Z,school,room-1,度,1.0']);
  expect(lines).toHaveLength(21);
  expect(left()).toEqual([]);
  expect(registry.audit.list({ limit: 1 })).toMatchObject([
    { action: 'store.export', target: 'lab sensor', detail: expect.stringContaining('20 rows') },
  ]);
  const parquet = await request('GET', path.replace('csv', 'parquet'), { token: token('admin') });
  expect(parquet.headers.get('content-type')).toBe('application/vnd.apache.parquet');
  expect((await parquet.bytes()).subarray(0, 4)).toEqual(new TextEncoder().encode('PAR1'));
  await store.close();
});

test.each([
  ['', 'querystring: must have required properties'],
  ['measurement=a&from=5&to=5', 'querystring/from: expected a moment before to'],
  ['measurement=a&from=noon&to=5', 'querystring/from: expected ms or ISO 8601'],
  ['measurement=a&from=1&to=5&format=xlsx', 'querystring/format'],
  ['measurement=a&from=1&to=5&device=Room', 'querystring/device'],
  ['measurement=a&from=1&to=5&nope=1', 'must not have additional properties: nope'],
])('?%s is refused with where and why', async (query, detail) => {
  const { request, token } = await startHttpGateway();
  const problem = await problemIn(await request('GET', `/api/v1/export?${query}`, { token: token('operator') }));
  expect(problem).toMatchObject({ status: 400, code: 'request_invalid', detail: expect.stringContaining(detail) });
});

test('what there is not is told as a problem, and leaves no file', async () => {
  const { request, token, left, store } = await gatewayWith(3);
  const response = await request('GET', `/api/v1/export?measurement=nope&${range}`, { token: token('operator') });
  expect(await problemIn(response)).toMatchObject({ status: 404, code: 'not_found' });
  expect(left()).toEqual([]);
  await store.close();
});

test('a client that goes away ends its export, and the next ones are served', async () => {
  const { url, request, token, registry, left, store } = await gatewayWith(300_000);
  const operator = token('operator');
  const path = `/api/v1/export?measurement=lab%20sensor&${range}`;
  const clients = [1, 2].map(() =>
    httpRequest(`${url}${path}`, { headers: { authorization: `Bearer ${operator}` } })
      .on('error', () => {
        // It goes away on purpose.
      })
      .end(),
  );
  await until('both are being written', () => left().length === 2);
  const third = await request('GET', path, { token: operator });
  expect(await problemIn(third)).toMatchObject({ status: 429, code: 'rate_limited' });
  for (const client of clients) client.destroy();
  await until('nothing is left of them', () => left().length === 0, { timeoutMs: 5000 });
  // Neither was completed: nobody has taken anything away.
  expect(registry.audit.list({ limit: 9, action: 'store.export' })).toEqual([]);
  const next = await request('GET', `${path}&device=room-1`, { token: operator });
  expect(next.headers.get('x-row-count')).toBe('100000');
  await next.body?.cancel();
  await store.close();
});
