import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DuckDbStore } from '../../../gateway/store/duckdb/duckdb-store.ts';
import type { ExportFormat, ExportQuery } from '../../../gateway/store/export-query.ts';
import type { Point } from '../../../gateway/store/store.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const start = 1_790_000_000_000;
const signal = new AbortController().signal;

const point = (second: number, device: string, fields: Point['fields'], tags: Point['tags'] = {}): Point => ({
  site: 'school',
  device,
  measurement: 'odd.name',
  tags,
  fields,
  time: start + second * 1000 + 7,
});

/** Texts that a careless writer or a spreadsheet would change. */
const texts = [
  'a,b',
  'say "hi"',
  'two\nlines',
  'and\r\nmore',
  '教室，三楼',
  '',
  ' spaced ',
  '=1+1',
  '+1',
  '-65 dBm',
  '@here',
  '\ttab',
  "'quoted",
  '＝1',
  'null',
  'true',
  '1.50',
];

const points: Point[] = [
  ...texts.map((text, index) => point(index, index % 2 === 0 ? 'room-1' : 'room-2', { text, value: index / 3 })),
  point(50, 'room-1', { value: 1e21, ok: true }, { interface: '=cmd', Interface: 'eth0' }),
  point(51, 'room-2', { Value: -0.1, ok: false }, { 'key "odd"': 'x,y' }),
];

async function filledStore(all: readonly Point[] = points): Promise<DuckDbStore> {
  const store = await DuckDbStore.open(join(temporaryDirectory(), 'store.duckdb'));
  onTestFinished(() => store.close());
  await store.write({ points: all, position: 1 });
  return store;
}

const query = (format: ExportFormat, more: Partial<ExportQuery> = {}): ExportQuery => ({
  ...{ measurement: 'odd.name', from: start, to: start + 3600_000, format, fields: [], sites: [], devices: [] },
  ...more,
});

async function exportFrom(store: DuckDbStore, of: ExportQuery): Promise<{ path: string; rows: number }> {
  const path = join(temporaryDirectory(), `out.${of.format}`);
  const { rows, bytes } = await store.export(of, path, signal);
  expect(bytes).toBe(readFileSync(path).byteLength);
  return { path, rows };
}

/** The rows of a file as another DuckDB reads them. */
async function rowsOf(sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

/** RFC 4180: quoted cells may hold commas, line breaks and doubled quotes. */
const readCsv = (path: string): string =>
  `SELECT * FROM read_csv('${path}', header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', nullstr = '\\N', strict_mode = true)`;

describe('an export', () => {
  it('as Parquet holds every value as it was stored, with times as timestamps in UTC', async () => {
    const store = await filledStore();
    const { path, rows } = await exportFrom(store, query('parquet'));
    expect(rows).toBe(points.length);
    const read = await rowsOf(`SELECT *, epoch_ms("time") AS ms, typeof("time") AS type FROM '${path}'`);
    expect(read.map(({ ms, device, text = null, value }) => ({ ms, device, text, value }))).toEqual(
      points.map(({ time, device, fields }) => ({
        ms: String(time),
        device,
        text: fields['text'] ?? null,
        value: fields['value'] ?? null,
      })),
    );
    expect(read[0]).toMatchObject({ site: 'school', type: 'TIMESTAMP' });
    expect(read.at(-2)).toMatchObject({ interface_2: '=cmd', Interface: 'eth0', ok: true, value: 1e21 });
    expect(read.at(-1)).toMatchObject({ 'key "odd"': 'x,y', ok: false, Value_2: -0.1, value: null });
  });

  it('as CSV has times as ISO 8601 and texts that no spreadsheet computes, and gives every text back', async () => {
    const store = await filledStore();
    const { path } = await exportFrom(store, query('csv'));
    const csv = readFileSync(path, 'utf8');
    expect(csv.split('\n')[0]).toBe('time,site,device,Interface,interface_2,"key ""odd""",text,value,ok,Value_2');
    const read = await rowsOf(readCsv(path));
    expect(read.map(({ time }) => time)).toEqual(points.map(({ time }) => new Date(time).toISOString()));
    const cells = read.slice(0, texts.length).map(({ text }) => String(text));
    for (const cell of cells) expect(cell).not.toMatch(/^[=+\-@\t\r\n＝]/);
    expect(cells.map((cell) => cell.replace(/^'/, ''))).toEqual(texts);
    expect(read.map(({ value }) => (value === '' ? undefined : Number(value)))).toEqual(
      points.map(({ fields }) => fields['value']),
    );
    expect(read.at(-2)).toMatchObject({ interface_2: "'=cmd", ok: 'true' });
  });

  it('has the points of the range that the API answers with', async () => {
    const store = await filledStore();
    const range = { from: start + 3000, to: start + 9000 };
    const { path } = await exportFrom(store, query('parquet', { ...range, devices: ['room-1'], fields: ['value'] }));
    const { series } = await store.series({
      ...{ measurement: 'odd.name', field: 'value', device: 'room-1', ...range },
      ...{ aggregate: 'mean', groupBy: [], limit: 1000 },
    });
    const read = await rowsOf(`SELECT epoch_ms("time") AS ms, value FROM '${path}'`);
    expect(read.map(({ ms, value }) => [Number(ms), value])).toEqual(series[0]?.points);
    expect(read.length).toBeGreaterThan(1);
  });

  it('is narrowed to fields, leaving out rows without any of them, and to sites', async () => {
    const store = await filledStore();
    expect((await exportFrom(store, query('csv', { fields: ['ok'] }))).rows).toBe(2);
    const { path, rows } = await exportFrom(store, query('csv', { sites: ['elsewhere'] }));
    expect(rows).toBe(0);
    expect(readFileSync(path, 'utf8')).toMatch(/^time,site,device,/);
  });

  it('comes by time, however the points came in', async () => {
    const store = await filledStore([30, 10, 20].map((second) => point(second, 'room-1', { value: second })));
    const { path } = await exportFrom(store, query('parquet'));
    expect((await rowsOf(`SELECT value FROM '${path}'`)).map(({ value }) => value)).toEqual([10, 20, 30]);
  });

  it('of what there is not says what there is', async () => {
    const store = await filledStore();
    const path = join(temporaryDirectory(), 'none');
    await expect(store.export(query('csv', { measurement: 'nope' }), path, signal)).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('odd.name'),
    });
    await expect(store.export(query('csv', { fields: ['nope'] }), path, signal)).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('text, value, ok'),
    });
  });

  it('of series with more tag keys than a table should have is refused', async () => {
    const keys = Array.from({ length: 17 }, (_, device) =>
      point(
        device,
        `room-${device}`,
        { value: 1 },
        Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`k${device}-${n}`, 'x'])),
      ),
    );
    const store = await filledStore(keys);
    const path = join(temporaryDirectory(), 'wide');
    await expect(store.export(query('csv'), path, signal)).rejects.toMatchObject({ code: 'request_invalid' });
    await store.export(query('csv', { devices: ['room-1'] }), path, signal);
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(3);
  });

  it('ends when it is told to, while others are answered', async () => {
    const store = await filledStore();
    const many = Array.from({ length: 200_000 }, (_, index) =>
      point(index, 'room-1', { value: index, text: `t ${index}` }),
    );
    await store.write({ points: many, position: 2 });
    const cancel = new AbortController();
    const path = join(temporaryDirectory(), 'long.csv');
    const long = store.export(query('csv', { to: start + 1e9 }), path, cancel.signal);
    const answered = store.latest({});
    await Promise.resolve();
    cancel.abort(new Error('enough'));
    await expect(long).rejects.toThrow('enough');
    expect(await answered).not.toEqual([]);
    await store.export(query('csv'), join(temporaryDirectory(), 'next.csv'), signal);
  });
});

describe('a snapshot', () => {
  it('is the store as it was at one moment, and what is written waits for it', async () => {
    const store = await filledStore();
    const target = join(temporaryDirectory(), 'copy.duckdb');
    const snapshot = store.snapshot(target, signal);
    await Promise.all([snapshot, store.write({ points: [point(99, 'room-1', { value: 99 })], position: 2 })]);
    expect(existsSync(`${target}.wal`)).toBe(false);
    const copy = await DuckDbStore.open(target);
    expect(await copy.position()).toBe(1);
    expect((await exportFrom(copy, query('csv'))).rows).toBe(points.length);
    await copy.close();
    expect(await store.position()).toBe(2);
  });

  it('is whole however busily the store is read and written', async () => {
    const store = await filledStore([point(0, 'room-1', { value: 0 })]);
    const state = { busy: true, position: 1 };
    const query = { measurement: 'odd.name', field: 'value', from: start, to: start + 1e9, aggregate: 'mean' as const };
    const reading = (async () => {
      while (state.busy) await store.series({ ...query, step: 1000, groupBy: [], limit: 50_000 });
    })();
    const writing = (async () => {
      while (state.busy) {
        const points = Array.from({ length: 50 }, (_, index) => point(index, `room-${index}`, { value: index }));
        await store.write({ points, position: ++state.position });
        await delay(1);
      }
    })();
    const copies: string[] = [];
    for (let number = 0; number < 8; number++) {
      const target = join(temporaryDirectory(), 'copy.duckdb');
      await store.snapshot(target, signal);
      copies.push(target);
    }
    state.busy = false;
    await Promise.all([reading, writing]);
    for (const path of copies) {
      const copy = await DuckDbStore.open(path);
      const { series } = await copy.series({ ...query, step: 1e9, aggregate: 'count', groupBy: [], limit: 10 });
      expect(series.flatMap(({ points }) => points.map(([, count]) => Number(count))).reduce((a, b) => a + b)).toBe(
        1 + 50 * (((await copy.position()) ?? 0) - 1),
      );
      await copy.close();
    }
  });

  it('leaves the store held, so that no second gateway opens it', async () => {
    const { spawnSync } = await import('node:child_process');
    const path = join(temporaryDirectory(), 'store.duckdb');
    const store = await DuckDbStore.open(path);
    await store.snapshot(join(temporaryDirectory(), 'copy.duckdb'), signal);
    const module = JSON.stringify(join(import.meta.dirname, '../../../gateway/store/duckdb/duckdb-store.ts'));
    const script = `const { DuckDbStore } = await import(${module}); await DuckDbStore.open(${JSON.stringify(path)}).then(() => console.log('opened'), (e) => console.log(e.code));`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    await store.close();
    expect(stdout.trim()).toBe('home_locked');
  });
});
