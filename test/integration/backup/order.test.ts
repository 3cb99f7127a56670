import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeBackup } from '../../../gateway/backup/make-backup.ts';
import { restoreHome } from '../../../gateway/backup/restore.ts';
import { SpoolAcknowledgements } from '../../../gateway/spool-acknowledgements.ts';
import { Drain } from '../../../gateway/store/drain.ts';
import { DuckDbStore } from '../../../gateway/store/duckdb/duckdb-store.ts';
import { encodePoints } from '../../../gateway/store/point-codec.ts';
import { DurableQueue } from '../../../queue/queue.ts';
import { QueueReader } from '../../../queue/queue-reader.ts';
import { type Home, homeAt, openHome } from '../../../runtime/home.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

const signal = new AbortController().signal;
const version = '0.1.0';

/** Spool, store and drain of a home, as the gateway ties them together. */
async function openPath(home: Home) {
  const store = await DuckDbStore.open(join(home.gatewayDir, 'store.duckdb'));
  const position = await store.position();
  const queue = await DurableQueue.open({
    path: join(home.gatewayDir, 'spool.sqlite'),
    maxBytes: 1e9,
    consumers: ['duckdb'],
    after: position,
  });
  const taken = new SpoolAcknowledgements(
    { acknowledge: (upTo, consumer) => queue.acknowledge(upTo, consumer) },
    (error) => expect.unreachable(error.message),
  );
  const reader = new QueueReader(queue.path);
  const drain = new Drain({
    store,
    reader,
    position: Math.max(position, reader.position('duckdb')),
    onDrained: (report) => taken.acknowledge(report.position, 'duckdb'),
    onSetAside: ({ key }) => expect.unreachable(`set aside: ${key}`),
    onFailure: (error) => expect.unreachable(error.message),
    elapsed: () => performance.now(),
  });
  const close = async (): Promise<void> => {
    await drain.stop();
    reader.close();
    await store.close();
    await queue.close();
  };
  onTestFinished(close);
  /** A sample that its device has numbered; it may be sent twice, as after a lost acknowledgement. */
  const append = (value: number) => {
    const body = encodePoints([
      { measurement: 'sensor', tags: {}, fields: { value }, time: 1_790_000_000_000 + value },
    ]);
    return queue.append({ key: 'school/room', body, receivedAt: 1, once: { epoch: 'boot', sequence: value } });
  };
  const values = async (): Promise<number[]> => {
    const query = { measurement: 'sensor', field: 'value', from: 0, to: 2e12, aggregate: 'mean' as const };
    const { series } = await store.series({ ...query, groupBy: [], limit: 1_000_000 });
    return series[0]?.points.map(([, value]) => Number(value)) ?? [];
  };
  return { store, queue, taken, append, values };
}

/**
 * Backs up while samples come in, and makes sure that the store takes more of them between the copy of the store and that of the spool.
 * @param hold false for a backup that lets the spool forget meanwhile
 * @returns what was acknowledged before the backup began, and what the restored home has once the device has sent everything again
 */
async function backUpUnderLoad({ hold }: { hold: boolean }) {
  const home = openHome(join(temporaryDirectory(), 'home'));
  const { store, queue, taken, append } = await openPath(home);
  let last = 0;
  let acknowledged = 0;
  let loading = true;
  const load = (async () => {
    while (loading) {
      const values = Array.from({ length: 20 }, () => ++last);
      await Promise.all(values.map(append));
      acknowledged = values.at(-1) ?? 0;
      await delay(1);
    }
  })();
  await until('the store has the first samples', async () => (await store.position()) > 100);
  const before = acknowledged;
  const target = join(temporaryDirectory(), 'backup.tar.zst');
  await makeBackup({
    source: {
      home,
      copyStore: async (_source, copy, cancel) => {
        await store.snapshot(copy, cancel);
        const copied = await store.position();
        await until('the store takes more', async () => (await store.position()) > copied + 100);
        // Without the hold the spool forgets what it has told; with it this waits for nothing.
        if (!hold) await until('the spool forgets', async () => (await queue.stats()).firstPosition > copied + 1);
      },
      holdSpool: () => (hold ? taken.hold() : () => {}),
      flushRegistry: () => {},
    },
    target,
    about: { version, created_at: '2026-03-01T08:00:00.000Z', store: 'duckdb' },
    signal,
    onProgress: () => {},
  });
  loading = false;
  await load;
  const restored = homeAt(join(temporaryDirectory(), 'restored'));
  await restoreHome({ archive: target, home: restored, force: false, version, now: 0, signal, onProgress: () => {} });
  const again = await openPath(restored);
  await until('the restored spool is drained', async () => {
    const { lastPosition } = await again.queue.stats();
    return (await again.store.position()) >= lastPosition;
  });
  const restoredValues = await again.values();
  const outcomes = await Promise.all(restoredValues.map(again.append));
  return { before, restoredValues, outcomes };
}

describe('a backup while samples come in', () => {
  it('loses nothing that was acknowledged before it began, and doubles nothing', async () => {
    const { before, restoredValues, outcomes } = await backUpUnderLoad({ hold: true });
    expect(new Set(restoredValues).size).toBe(restoredValues.length);
    const restored = new Set(restoredValues);
    const lost = Array.from({ length: before }, (_, index) => index + 1).filter((value) => !restored.has(value));
    expect(lost).toEqual([]);
    // It goes on without a gap, and knows the number of everything it holds.
    expect(restoredValues).toEqual(restoredValues.map((_, index) => index + 1));
    expect(new Set(outcomes)).toEqual(new Set(['duplicate']));
  });

  it('would lose samples if the spool forgot meanwhile what the store has taken', async () => {
    const { restoredValues } = await backUpUnderLoad({ hold: false });
    expect(restoredValues).not.toEqual(restoredValues.map((_, index) => index + 1));
  });
});
