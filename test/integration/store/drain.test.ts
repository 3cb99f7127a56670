import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CampusError } from '../../../contract/errors.ts';
import { Drain } from '../../../gateway/store/drain.ts';
import { DuckDbStore } from '../../../gateway/store/duckdb/duckdb-store.ts';
import { encodePoints } from '../../../gateway/store/point-codec.ts';
import type { Batch } from '../../../gateway/store/store.ts';
import type { QueueMessage } from '../../../queue/message.ts';
import { DurableQueue } from '../../../queue/queue.ts';
import { QueueReader } from '../../../queue/queue-reader.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

const MESSAGES = 300;
const refused = new CampusError('store_refused', 'not this one');
const unavailable = new CampusError('store_unavailable', 'not there');

/** A spool of 300 messages, a real DuckDB, and a drain between them whose store fails when `refuses` says so. */
async function drainInto(
  refuses: (batch: Batch) => CampusError | undefined,
  failsAfter: (batch: Batch) => CampusError | undefined = () => undefined,
) {
  const dir = temporaryDirectory();
  const queue = await DurableQueue.open({ path: join(dir, 'spool.sqlite'), maxBytes: 1e9 });
  const store = await DuckDbStore.open(join(dir, 'store.duckdb'));
  const append = (value: number) => {
    const point = { measurement: 'sensor', tags: {}, fields: { value }, time: 1_790_000_000_000 + value };
    return queue.append({ key: 'school/room', body: encodePoints([point]), receivedAt: 1 });
  };
  await Promise.all(Array.from({ length: MESSAGES }, (_, index) => append(index + 1)));
  const write = store.write.bind(store);
  store.write = async (batch) => {
    const before = refuses(batch);
    if (before !== undefined) throw before;
    const outcome = await write(batch);
    const after = failsAfter(batch);
    if (after !== undefined) throw after;
    return outcome;
  };
  const setAside: QueueMessage[] = [];
  const tries = { failed: 0 };
  const reader = new QueueReader(queue.path);
  const drain = new Drain({
    store,
    reader,
    position: 0,
    elapsed: () => performance.now(),
    onDrained: () => {},
    onSetAside: (message) => setAside.push(message),
    onFailure: () => {
      tries.failed++;
    },
  });
  onTestFinished(async () => {
    await drain.stop();
    reader.close();
    await queue.close();
    await store.close();
  });
  const values = async (): Promise<unknown[]> => {
    const query = {
      measurement: 'sensor',
      field: 'value',
      from: 0,
      to: 2e12,
      aggregate: 'mean' as const,
      groupBy: [],
      limit: 1000,
    };
    return (await store.series(query)).series[0]?.points.map(([, value]) => value) ?? [];
  };
  return { values, setAside, tries, append, drain };
}

describe('a drain', () => {
  it('passes over the one message that its store refuses, and says which', async () => {
    const { values, setAside } = await drainInto(({ points }) =>
      points.some(({ fields }) => fields['value'] === 123) ? refused : undefined,
    );
    const stored = await until(
      'the others are stored',
      async () => {
        const all = await values();
        return all.length === MESSAGES - 1 && all;
      },
      { timeoutMs: 20_000 },
    );
    expect(stored).not.toContain(123);
    expect(setAside.map(({ position, key }) => ({ position, key }))).toEqual([{ position: 123, key: 'school/room' }]);
  });

  it('passes over several such messages in a row', async () => {
    const bad = [123, 124, 125, 126, 127];
    const { values, setAside } = await drainInto(({ points }) =>
      points.some(({ fields }) => bad.includes(Number(fields['value']))) ? refused : undefined,
    );
    const isWhole = async () => (await values()).length === MESSAGES - bad.length;
    await until('the others are stored', isWhole, { timeoutMs: 30_000 });
    expect(setAside.map(({ position }) => position)).toEqual(bad);
  });

  it('passes over nothing when its store refuses everything: then it is the store that is at fault', async () => {
    let refuses = true;
    const { values, setAside, tries } = await drainInto(() => (refuses ? refused : undefined));
    await until('it has tried several times', () => tries.failed >= 6, { timeoutMs: 30_000 });
    expect(setAside).toEqual([]);
    refuses = false;
    await until('everything is stored', async () => (await values()).length === MESSAGES, { timeoutMs: 30_000 });
    expect(setAside).toEqual([]);
  });

  it('passes over nothing while its store is away, and stores everything in order when it is back', async () => {
    let away = true;
    const { values, setAside, tries } = await drainInto(() => (away ? unavailable : undefined));
    await until('it has tried single messages, too', () => tries.failed >= 5, { timeoutMs: 20_000 });
    expect(await values()).toEqual([]);
    away = false;
    await until('everything is stored', async () => (await values()).length === MESSAGES, { timeoutMs: 20_000 });
    expect(setAside).toEqual([]);
  });

  it.each([1, 2, 3, 4, 5])('loses nothing when the store is back after %i failures', async (failures) => {
    let left = failures;
    const { values, setAside } = await drainInto(() => (left-- > 0 ? unavailable : undefined));
    await until('everything is stored', async () => (await values()).length === MESSAGES, { timeoutMs: 30_000 });
    expect(setAside).toEqual([]);
  });

  it('stores nothing twice when the store failed over a batch that it holds', async () => {
    let failed = false;
    const { values, append } = await drainInto(
      () => undefined,
      () => {
        if (failed) return undefined;
        failed = true;
        return unavailable;
      },
    );
    await until('the first batch has failed', () => failed, { timeoutMs: 20_000 });
    await Promise.all(Array.from({ length: MESSAGES }, (_, index) => append(MESSAGES + index + 1)));
    const all = await until(
      'everything is stored',
      async () => {
        const found = await values();
        return found.length >= 2 * MESSAGES && found;
      },
      { timeoutMs: 20_000 },
    );
    expect(new Set(all).size).toBe(all.length);
  });

  it('passes over nothing when the store was away for one message and back for the next', async () => {
    let attempts = 0;
    const isDue = ({ points }: Batch): boolean => points.some(({ fields }) => fields['value'] === 123);
    const { values, setAside } = await drainInto((batch) => (isDue(batch) && ++attempts < 6 ? unavailable : undefined));
    await until('everything is stored', async () => (await values()).length === MESSAGES, { timeoutMs: 20_000 });
    expect(attempts).toBe(6);
    expect(setAside).toEqual([]);
  });

  it('takes what was committed before somebody asks, and does not let them wait for a store that is away', async () => {
    let away = false;
    const { values, tries, append, drain } = await drainInto(() => (away ? unavailable : undefined));
    await drain.caughtUp();
    for (let value = MESSAGES + 1; value <= MESSAGES + 3; value++) {
      await append(value);
      await drain.caughtUp();
      expect((await values()).at(-1)).toBe(value);
    }
    away = true;
    await append(MESSAGES + 4);
    const { failed } = tries;
    await drain.caughtUp();
    expect(tries.failed).toBeGreaterThan(failed);
    const asked = performance.now();
    for (let time = 0; time < 100; time++) await drain.caughtUp();
    expect(performance.now() - asked).toBeLessThan(200);
  });
});
