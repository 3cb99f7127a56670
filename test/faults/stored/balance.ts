import { until } from '../../support/until.ts';
import type { DevicePublisher } from '../load/device-publisher.ts';
import { loadMeasurements } from '../load/fleet.ts';
import type { CountStored } from './stored.ts';

/** What a publisher has recorded. */
export type Recorded = Pick<DevicePublisher, 'device' | 'acknowledged' | 'lastSequence' | 'timeOf'>;

/** The publisher's record against the store. */
export interface Balance {
  acknowledged: number;
  /** Acknowledged and not in the store, in whole or in part, by device and number. */
  lost: string[];
  /** More than once in the store. */
  doubled: string[];
  /** In the store and never sent. */
  strange: string[];
}

/** Compares the record with the store as it stands, number by number, in every measurement. */
export async function balance(publishers: readonly Recorded[], count: CountStored): Promise<Balance> {
  const result: Balance = { acknowledged: 0, lost: [], doubled: [], strange: [] };
  for (const publisher of publishers) {
    const { device, acknowledged, lastSequence } = publisher;
    result.acknowledged += acknowledged.size;
    for (const measurement of loadMeasurements) {
      const counts = await count({
        ...{ device, measurement, epoch: publisher.timeOf(0) },
        ...{ from: publisher.timeOf(0), to: publisher.timeOf(lastSequence + 1) },
      });
      const named = (number: number): string => `${device}/${measurement}/${number}`;
      for (const number of acknowledged) if (!counts.has(number)) result.lost.push(named(number));
      for (const [number, times] of counts) {
        if (number < 1 || number > lastSequence) result.strange.push(named(number));
        else if (times > 1) result.doubled.push(named(number));
      }
    }
  }
  return result;
}

/** The balance once nothing is missing any more; when something stays missing, the balance after the time-out. */
export async function settledBalance(
  publishers: readonly Recorded[],
  count: CountStored,
  timeoutMs = 60_000,
): Promise<Balance> {
  let last: Balance | undefined;
  const complete = async (): Promise<boolean> => {
    try {
      last = await balance(publishers, count);
      return last.lost.length === 0;
    } catch {
      // A store that is just coming back does not answer yet.
      return false;
    }
  };
  // What stays missing is the result, not a failure of the comparison.
  await until('everything acknowledged is stored', complete, { timeoutMs, everyMs: 500 }).catch(() => undefined);
  return last ?? (await balance(publishers, count));
}
