import { describe, expect, it } from 'vitest';
import { balance, type Recorded } from './balance.ts';
import { countSequences } from './stored.ts';

const EPOCH = 1_790_000_000_000;

/** A device that had the first ten messages acknowledged and sent two more. */
const publisher: Recorded = {
  device: 'room-1',
  acknowledged: new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
  lastSequence: 12,
  timeOf: (sequence) => EPOCH + sequence,
};

/** A store that holds these numbers in the first measurement, and others in the second. */
const store =
  (first: number[], second = first) =>
  (query: { measurement: string }) =>
    Promise.resolve(
      countSequences(
        (query.measurement === 'fault_a' ? first : second).map((seq) => [EPOCH + seq, seq] as const),
        EPOCH,
      ),
    );

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('the balance of record and store', () => {
  it('is even when everything acknowledged is there once, whatever else was sent', async () => {
    const even = { acknowledged: 10, lost: [], doubled: [], strange: [] };
    expect(await balance([publisher], store(upTo(10)))).toEqual(even);
    expect(await balance([publisher], store(upTo(12)))).toEqual(even);
  });

  it('names what is missing, in one measurement or all', async () => {
    expect((await balance([publisher], store(upTo(8)))).lost).toHaveLength(4);
    expect((await balance([publisher], store(upTo(10), upTo(9)))).lost).toEqual(['room-1/fault_b/10']);
  });

  it('names what is there twice, also when it was never acknowledged', async () => {
    expect((await balance([publisher], store([...upTo(10), 3, 3], upTo(10)))).doubled).toEqual(['room-1/fault_a/3']);
    expect((await balance([publisher], store([...upTo(11), 11]))).doubled).toHaveLength(2);
  });

  it('names what was never sent, and points whose time is not that of their number', async () => {
    expect((await balance([publisher], store([...upTo(10), 13], upTo(10)))).strange).toEqual(['room-1/fault_a/13']);
    expect(countSequences([[EPOCH + 4, 5]], EPOCH)).toEqual(new Map([[-1, 1]]));
  });
});
