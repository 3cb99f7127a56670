import { CampusError } from '../../../contract/errors.ts';
import type { Store } from '../store.ts';

/** The time that a measurement's history covers. */
export interface Span {
  measurement: string;
  /** Its first point within what is asked for, ms. */
  first: number;
  /** The end of its last point, or of what is asked for, ms. */
  end: number;
}

/**
 * Finds what there is to copy.
 * @param asked `measurements` is empty for all
 * @throws CampusError `not_found` for a measurement that the store does not have, or when there are no points at all
 */
export async function measureHistory(
  store: Store,
  { since, until, measurements }: { since: number; until: number; measurements: readonly string[] },
): Promise<Span[]> {
  const known = [...(await store.fieldTypes()).keys()].sort();
  const missing = measurements.find((measurement) => !known.includes(measurement));
  if (missing !== undefined) {
    const list = known.length === 0 ? 'there are none' : `expected one of ${known.join(', ')}`;
    throw new CampusError('not_found', `there is no measurement ${missing}: ${list}`);
  }
  const spans: Span[] = [];
  for (const measurement of measurements.length === 0 ? known : known.filter((one) => measurements.includes(one))) {
    const { points } = await store.read({ measurement, from: since, to: until, limit: 1 });
    const first = points[0]?.time;
    if (first === undefined) continue;
    const latest = await store.latest({ measurement });
    const newest = latest.reduce((newer, { time }) => Math.max(newer, time), first);
    spans.push({ measurement, first, end: Math.min(newest + 1, until) });
  }
  if (spans.length === 0) throw new CampusError('not_found', 'there are no points to copy');
  return spans;
}
