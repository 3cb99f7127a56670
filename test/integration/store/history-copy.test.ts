import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { MeasurementProgress } from '../../../gateway/store/copy/copy-state.ts';
import { HistoryCopy } from '../../../gateway/store/copy/history-copy.ts';
import { DuckDbStore } from '../../../gateway/store/duckdb/duckdb-store.ts';
import type { Point } from '../../../gateway/store/store.ts';
import { VictoriaMetricsStore } from '../../../gateway/store/victoriametrics/victoriametrics-store.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { VictoriaMetrics } from '../../support/victoria-metrics.ts';

const start = Date.UTC(2026, 0, 1);

/** Points of three measurements, more than a page of one. */
const points: Point[] = ['disk', 'network', 'system'].flatMap((measurement) =>
  Array.from({ length: measurement === 'network' ? 25_000 : 100 }, (_, second) => ({
    site: 'school',
    device: 'a',
    measurement,
    tags: {},
    fields: { value: second },
    time: start + second * 1000,
  })),
);

/** The store's clock goes this many times faster than the wall's: it takes a while until points count as being on the disk. */
const HASTE = 10;

async function stores() {
  const from = await DuckDbStore.open(join(temporaryDirectory(), 'store.duckdb'));
  await from.write({ points, position: 1 });
  const server = await VictoriaMetrics.start();
  const clocks = { now: Date.now, elapsed: () => performance.now() * HASTE };
  const target = { url: server.url, selectUrl: server.url };
  const to = new VictoriaMetricsStore(target, { holdDays: 1, askForLess: String }, clocks);
  onTestFinished(async () => {
    await from.close();
    await server.remove();
  });
  return { from, to, server };
}

const fresh = (): MeasurementProgress[] =>
  ['disk', 'network', 'system'].map((measurement) => ({
    measurement,
    next: start,
    done: false,
    points: 0,
    skipped: 0,
  }));

it('counts a page only when it is on the disk of VictoriaMetrics', async () => {
  const { from, to, server } = await stores();
  const kept: number[] = [];
  const copy = new HistoryCopy({
    from,
    to,
    until: start + 1e9,
    progress: fresh(),
    signal: new AbortController().signal,
    onProgress: (progress) => kept.push(progress.kept.reduce((sum, one) => sum + one.points, 0)),
  });
  expect(await copy.run()).toBe(true);
  // Everything is read and written long before the first page counts.
  expect(kept.filter((count) => count === 0).length).toBeGreaterThanOrEqual(5);
  expect(kept.at(-1)).toBe(points.length);
  await server.settle();
  for (const measurement of ['disk', 'network', 'system']) {
    const range = { measurement, from: start, to: start + 1e9 };
    const read: Point[] = [];
    for (let next: number | undefined = start; next !== undefined; ) {
      const page: Awaited<ReturnType<typeof to.read>> = await to.read({ ...range, from: next, limit: 10_000 });
      read.push(...page.points);
      next = page.next;
    }
    expect(read).toEqual(points.filter((point) => point.measurement === measurement));
  }
});

it('counts nothing that VictoriaMetrics lost when it was killed', async () => {
  const { from, to, server } = await stores();
  const seen: { kept: readonly MeasurementProgress[] } = { kept: [] };
  let killed: Promise<void> | undefined;
  const copy = new HistoryCopy({
    from,
    to,
    until: start + 1e9,
    progress: fresh(),
    signal: new AbortController().signal,
    onProgress: ({ kept, measurement }) => {
      seen.kept = kept;
      if (measurement === 'system') killed ??= server.kill().then(() => server.run());
    },
  });
  await expect(copy.run()).rejects.toMatchObject({ code: 'store_unavailable' });
  await killed;
  expect(seen.kept.every((one) => one.points === 0 && one.next === start)).toBe(true);
});
