import { CampusError } from '../../contract/errors.ts';
import type { Aggregate, FieldType, SeriesQuery } from './store.ts';

/** True when an aggregate means something for a field's type. */
export function aggregateFits(aggregate: Aggregate, type: FieldType): boolean {
  return type === 'number' || ['first', 'last', 'count'].includes(aggregate);
}

/**
 * Refuses the mean of a text and the like, which every database would answer in its own way.
 * @throws CampusError `request_invalid`
 */
export function checkAggregate({ measurement, field, step, aggregate }: SeriesQuery, type: FieldType): void {
  if (step === undefined || aggregateFits(aggregate, type)) return;
  throw new CampusError(
    'request_invalid',
    `${measurement}.${field} is a ${type}: expected aggregate first, last or count, got ${aggregate}`,
  );
}
