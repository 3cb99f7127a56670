import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyStateFile } from '../../../gateway/store/copy/copy-state.ts';
import { openStore } from '../../../gateway/store/open-store.ts';
import type { Point, Store } from '../../../gateway/store/store.ts';
import { homeAt, openHome } from '../../../runtime/home.ts';
import { campusEdge } from '../../cli/invocation.ts';
import { Influxd } from '../../support/influxd.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

const PROGRAM = join(import.meta.dirname, '../../../cli/campus-edge.js');
const needs = { holdDays: 1, askForLess: String };
const start = Date.UTC(2026, 0, 1);

let influxd: Influxd;
beforeAll(async () => {
  // Every invocation in this process waits for Ctrl-C; in a process of its own it would be the only one.
  process.setMaxListeners(50);
  influxd = await Influxd.start();
});
afterAll(() => influxd.remove());

let databases = 0;
const freshInflux = (): string => `influxdb://127.0.0.1:${influxd.port}/copy_${++databases}`;

function freshHome(): string {
  return openHome(join(temporaryDirectory(), 'home')).dir;
}

async function withStore<T>(location: string, home: string, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(location, { gatewayDir: homeAt(home).gatewayDir, needs });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** A point a second of each of five devices, and a few of another measurement. */
function history(seconds: number): Point[] {
  const devices = ['a', 'b', 'c', 'd', 'e'];
  const points = Array.from({ length: seconds }, (_, second) =>
    devices.map((device, index) => ({
      site: 'school',
      device,
      measurement: 'network',
      tags: { interface: 'eth0' },
      fields: { rx_bytes: second * 10 + index, carrier: second % 2 === 0, duplex: 'full' },
      time: start + second * 1000,
    })),
  ).flat();
  return [...points, { ...points[0]!, measurement: 'disk', tags: {}, fields: { used_percent: 50 } }];
}

async function fill(location: string, home: string, points: readonly Point[]): Promise<void> {
  await withStore(location, home, async (store) => {
    await store.check();
    for (let from = 0; from < points.length; from += 20_000) {
      await store.write({ points: points.slice(from, from + 20_000), position: from + 1 });
    }
  });
}

async function readAll(location: string, home: string): Promise<string[]> {
  return withStore(location, home, async (store) => {
    const all: Point[] = [];
    for (const measurement of ['network', 'disk']) {
      for (let from: number | undefined = 0; from !== undefined; ) {
        const page: Awaited<ReturnType<Store['read']>> = await store.read({
          measurement,
          from,
          to: 4e12,
          limit: 20_000,
        });
        all.push(...page.points);
        from = page.next;
      }
    }
    return all.map(asText).sort();
  });
}

const asText = ({ fields, ...point }: Point): string => JSON.stringify([point, Object.entries(fields).sort()]);
const stateFiles = (home: string): string[] =>
  readdirSync(join(home, 'gateway')).filter((name) => name.startsWith('store-copy-'));

describe('store copy', () => {
  it('brings every point from DuckDB to InfluxDB and back into another DuckDB', async () => {
    const [home, other, influx] = [freshHome(), freshHome(), freshInflux()];
    const points = history(5000);
    await fill('duckdb', home, points);
    const there = await campusEdge(['store', 'copy', '--home', home, '--from', 'duckdb', '--to', influx, '--json']);
    expect(there).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(there.stdout)).toMatchObject({
      from: 'duckdb',
      to: influx,
      complete: true,
      resumed: false,
      points: 25_001,
      skipped: 0,
      measurements: [
        { measurement: 'disk', points: 1 },
        { measurement: 'network', points: 25_000 },
      ],
    });
    const back = await campusEdge(['store', 'copy', '--home', other, '--from', influx, '--to', 'duckdb']);
    expect(back.exitCode).toBe(0);
    expect(back.stdout).toMatch(/25,001 points of 2 measurements are in duckdb; this run took \d+ s\n$/);
    expect(await readAll('duckdb', other)).toEqual(points.map(asText).sort());
    expect(stateFiles(other)).toEqual([]);
  });

  it('copies what is asked for, and into what is there already', async () => {
    const [home, influx] = [freshHome(), freshInflux()];
    const points = history(100);
    await fill(influx, home, points);
    const own = { ...points[0]!, device: 'own', fields: { rx_bytes: 1 } };
    await fill('duckdb', home, [own, { ...points[250]!, fields: { rx_bytes: -1, tx_bytes: 5 } }]);
    const asked = ['--measurement', 'network', '--since', String(start + 50_000), '--until', String(start + 60_000)];
    const copy = ['store', 'copy', '--home', home, '--from', influx, '--to', 'duckdb', ...asked, '--json'];
    for (const _ of [1, 2]) expect(JSON.parse((await campusEdge(copy)).stdout)).toMatchObject({ points: 50 });
    const merged = { ...points[250]!, fields: { ...points[250]!.fields, tx_bytes: 5 } };
    expect(await readAll('duckdb', home)).toEqual([own, merged, ...points.slice(251, 300)].map(asText).sort());
  });

  it('says in one line why it cannot, with exit code 2 for what its user mends', async () => {
    const [home, influx] = [freshHome(), freshInflux()];
    const copy = (...argv: string[]) => campusEdge(['store', 'copy', '--home', home, ...argv]);
    const failure = (exitCode: number, text: string) => ({
      exitCode,
      stdout: '',
      stderr: expect.stringContaining(text),
    });
    expect(await copy('--from', 'duckdb', '--to', 'mysql')).toEqual(failure(2, 'config_invalid: expected duckdb, or'));
    expect(await copy('--from', influx, '--to', influx)).toEqual(
      failure(2, 'request_invalid: expected two different stores'),
    );
    expect(await copy('--from', 'duckdb', '--to', influx)).toEqual(failure(1, 'not_found: expected a DuckDB in'));
    await fill('duckdb', home, history(1));
    expect(await copy('--from', 'duckdb', '--to', influx, '--measurement', 'nothing')).toEqual(
      failure(1, 'there is no measurement nothing: expected one of disk, network'),
    );
    expect(await copy('--from', 'duckdb', '--to', influx, '--until', '2025-12-31')).toEqual(
      failure(1, 'not_found: there are no points to copy'),
    );
    expect(await copy('--from', 'duckdb', '--to', 'influxdb://127.0.0.1:9/campus')).toEqual(
      failure(1, 'store_unavailable: '),
    );
    const query = new URLSearchParams({ q: 'CREATE DATABASE short WITH DURATION 30d' });
    await fetch(`${influxd.url}/query`, { method: 'POST', body: query });
    const short = `influxdb://127.0.0.1:${influxd.port}/short`;
    expect(await copy('--from', 'duckdb', '--to', short)).toEqual(
      failure(2, 'or copy the last 30 days only (--since)'),
    );
  });

  it('goes on with an unfinished copy only when it is asked for the same', async () => {
    const [home, influx] = [freshHome(), freshInflux()];
    await fill('duckdb', home, history(1));
    const copy = (...argv: string[]) =>
      campusEdge(['store', 'copy', '--home', home, '--from', 'duckdb', '--to', influx, ...argv]);
    expect((await copy()).exitCode).toBe(0);
    // What a run that was killed leaves behind.
    const asked = { measurements: [], since: 0, until: null };
    const progress = [{ measurement: 'network', next: start, done: false, points: 0, skipped: 0 }];
    const state = { version: 1, from: 'duckdb', to: influx, asked, until: Date.now(), startedAt: start, progress };
    const file = copyStateFile(join(home, 'gateway'), 'duckdb', influx);
    writeFileSync(file, JSON.stringify(state));
    expect(await copy('--since', '2026-01-01')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('state_conflict: a copy from duckdb'),
    });
    expect(JSON.parse((await copy('--json')).stdout)).toMatchObject({ resumed: true, points: 5 });
    writeFileSync(file, '{"version":');
    expect((await copy()).stderr).toContain('use --restart');
    expect(JSON.parse((await copy('--restart', '--json')).stdout)).toMatchObject({ resumed: false, points: 6 });
    expect(existsSync(file)).toBe(false);
  });
});

describe('store copy as a process', () => {
  function run(home: string, from: string, to: string): { child: ChildProcess; output: () => string } {
    let output = '';
    const args = [PROGRAM, 'store', 'copy', '--home', home, '--from', from, '--to', to];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += String(chunk);
      });
    }
    return { child, output: () => output };
  }
  const ended = (child: ChildProcess): Promise<number | string | null> =>
    new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
  const keptPoints = (home: string): number => {
    const [file] = stateFiles(home);
    if (file === undefined) return 0;
    const { progress } = JSON.parse(readFileSync(join(home, 'gateway', file), 'utf8')) as {
      progress: { points: number }[];
    };
    return progress.reduce((sum, { points }) => sum + points, 0);
  };

  it('is killed again and again, goes on each time, and doubles nothing', async () => {
    const [home, influx] = [freshHome(), freshInflux()];
    const points = history(30_000);
    await fill(influx, home, points);
    let kills = 0;
    for (let kept = 0; kills < 5; kills++) {
      const { child, output } = run(home, influx, 'duckdb');
      const exit = ended(child);
      await until('another page is copied', () => keptPoints(home) > kept || child.exitCode !== null, {
        everyMs: 5,
        timeoutMs: 30_000,
      });
      await delay(kills * 20);
      kept = keptPoints(home);
      child.kill('SIGKILL');
      if ((await exit) !== 'SIGKILL') throw new Error(`it ended by itself: ${output()}`);
    }
    expect(keptPoints(home)).toBeGreaterThanOrEqual(4 * 10_000);
    const { child, output } = run(home, influx, 'duckdb');
    expect(await ended(child), output()).toBe(0);
    expect(await readAll('duckdb', home)).toEqual(points.map(asText).sort());
  });

  it('stops at Ctrl-C and says how to go on', async () => {
    const [home, influx] = [freshHome(), freshInflux()];
    const points = history(20_000);
    await fill('duckdb', home, points);
    const first = run(home, 'duckdb', influx);
    const exit = ended(first.child);
    await until('a page is copied', () => keptPoints(home) > 1 || first.child.exitCode !== null, {
      everyMs: 5,
      timeoutMs: 30_000,
    });
    first.child.kill('SIGINT');
    expect(await exit, first.output()).toBe(1);
    expect(first.output()).toMatch(
      /stopped; [\d,]+ points are in influxdb:.* to stay\. The same command goes on from there/,
    );
    const second = run(home, 'duckdb', influx);
    expect(await ended(second.child)).toBe(0);
    expect(second.output()).toContain('100,001 points of 2 measurements');
    expect(await readAll(influx, home)).toEqual(points.map(asText).sort());
  });

  it('says that the gateway must be stopped first', async () => {
    const [home, influx] = [freshHome(), freshInflux()];
    await fill('duckdb', home, history(1));
    await withStore('duckdb', home, async () => {
      const { child, output } = run(home, 'duckdb', influx);
      expect(await ended(child)).toBe(2);
      expect(output()).toMatch(/^campus-edge: home_locked: .*stop the other gateway of this home first\n$/);
    });
  });
});
