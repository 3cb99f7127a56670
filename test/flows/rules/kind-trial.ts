import type { Condition } from '../../../flows/rules/condition.ts';
import type { Moment } from '../../../flows/rules/moment.ts';
import {
  type Facts,
  type PointAlert,
  type PointInput,
  type PointKind,
  stepPoint,
} from '../../../flows/rules/point-kind.ts';

/** Tuesday, 2025-11-25, midnight in Beijing. */
export const WALL = 1_764_000_000_000;
export const HOUR = 3600;
export const DAY = 24 * HOUR;

/** Seconds of both clocks. */
export function at(seconds: number): Moment {
  return { wall: WALL + seconds * 1000, steady: 5000 + seconds * 1000 };
}

/** What every rule over values has. */
export const node = { rule: 'own', measurement: 'system', field: 'load1', class: 'anomaly', level: 4 };

/** One subject of one rule: gives it samples one after another. */
export class KindTrial<S extends Condition, M, F extends Facts> {
  state: S;
  readonly kind: PointKind<S, M, F>;

  constructor(kind: PointKind<S, M, F>, memory?: M) {
    this.kind = kind;
    this.state = kind.recalled(memory);
  }

  give(input: PointInput, seconds: number): readonly PointAlert<F>[] {
    const { state, alerts } = stepPoint(this.kind, this.state, input, at(seconds));
    this.state = state;
    return alerts;
  }

  /** A sample that comes as soon as it was taken. */
  sample(seconds: number, value: number | string | boolean): readonly PointAlert<F>[] {
    return this.give({ kind: 'sample', value, time: at(seconds).wall }, seconds);
  }

  /** Samples at regular times; what was asked for, with the second. */
  samples(from: number, every: number, values: readonly (number | string | boolean)[]) {
    return values.flatMap((value, index) =>
      this.sample(from + index * every, value).map((alert) => ({ at: from + index * every, ...alert })),
    );
  }
}
