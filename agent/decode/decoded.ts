import type { CampusError } from '../../contract/errors.ts';
import type { CollectedMetric } from '../collector.ts';

/** A value of the input that stands where one was expected, and means nothing known. */
export interface NotUnderstood {
  /** From 1. */
  line: number;
  field: string;
  value: string;
}

/** What an agent makes of a text. */
export interface Decoded {
  metrics: CollectedMetric[];
  notUnderstood: NotUnderstood[];
  /** Parts that are truncated or nonsense, each with its code, the place, what was expected and what came. */
  failures: CampusError[];
}
