import type { AlertEvidence, LocalText } from '../../contract/alert.ts';
import type { FieldValue } from '../../contract/telemetry.ts';
import {
  type Condition,
  type Durations,
  isClearDue,
  isFresh,
  isUsable,
  isVanished,
  observed,
  type Place,
  raiseDue,
} from './condition.ts';
import type { Moment } from './moment.ts';

/** One value of what is watched. */
export interface Sample {
  value: FieldValue;
  /** ms since 1970 */
  time: number;
}

/** What an alert says beside how long its condition held: what stands in its evidence, and what only its text needs. */
export type Facts = Pick<AlertEvidence, 'value' | 'threshold' | 'expected' | 'window_seconds'>;

export type PointAlert<F extends Facts> =
  | ({ action: 'raise'; heldSeconds: number } & F)
  | ({ action: 'clear' } & Facts);

export type PointInput =
  | ({ kind: 'sample' } & Sample)
  /** Time goes by. `reporting`: the device has lately sent this measurement, with or without the value. */
  | { kind: 'tick'; reporting: boolean }
  /** The gateway has this alert open. `threshold` is its evidence's. */
  | { kind: 'open'; threshold: number | undefined }
  | { kind: 'gone' }
  /** A person has closed the alert. */
  | { kind: 'closed' };

export interface PointResult<S, F extends Facts> {
  state: S;
  alerts: readonly PointAlert<F>[];
}

/** What an alert is about, for its text. */
export interface About {
  device: string;
  subject: string;
}

/**
 * One kind of rule over values: it says of each sample where it lies, and remembers what it needs for that. All functions are pure.
 * `S` is its state of one subject of one device, `M` what of it outlives the process, `F` what an alert tells.
 */
export interface PointKind<S extends Condition, M, F extends Facts = Facts> {
  readonly durations: Durations;
  /** Subjects that one rule keeps at most, where that is fewer than of any rule: a long memory takes its room. */
  readonly statesMax?: number;
  /** What the value of its alerts is, where it is not one of the field. */
  readonly valueIs?: NonNullable<AlertEvidence['value_is']>;
  accepts(value: FieldValue): boolean;
  /** The state of a subject with what an earlier run remembered of it. */
  recalled(memory: M | undefined): S;
  /** What of the state outlives the process; the same value, or object, as long as nothing changed. */
  memoryOf(state: S): M | undefined;
  /** Takes a usable sample. */
  judged(state: S, sample: Sample, now: Moment): { state: S; place: Place };
  /** What an alert raised now says; undefined when there is nothing to say. */
  raised(state: S): F | undefined;
  /** What the end of an alert says. */
  cleared(state: S): Facts;
  /** An open alert is known of, with the threshold of its evidence. */
  reopened?(state: S, threshold: number): S;
  /** A person has closed the alert: what the kind takes for normal from here. */
  accepted?(state: S): S;
  /** The value has been away for long. */
  vanished?(state: S): S;
  /** Tells in both languages why the alert is raised, with the values and the window. */
  summary(about: About, alert: { heldSeconds: number } & F): LocalText;
}

/** Takes one input for one subject of one device. Pure: the same arguments give the same result, and none of them changes. */
export function stepPoint<S extends Condition, M, F extends Facts>(
  kind: PointKind<S, M, F>,
  state: S,
  input: PointInput,
  now: Moment,
): PointResult<S, F> {
  switch (input.kind) {
    case 'sample': {
      const { value, time } = input;
      if (!kind.accepts(value) || !isUsable(state, time, now)) return { state, alerts: [] };
      const { state: judged, place } = kind.judged(state, { value, time: Math.min(time, now.wall) }, now);
      return settle(kind, { ...judged, ...observed(state, time, place, now) }, now);
    }
    case 'tick':
      if (isVanished(state, input.reporting, now)) return cleared(kind, kind.vanished?.(state) ?? state);
      return isFresh(state, now) ? settle(kind, state, now) : { state, alerts: [] };
    case 'open': {
      const known = input.threshold === undefined ? state : (kind.reopened?.(state, input.threshold) ?? state);
      return { state: { ...known, open: true, valueAt: known.valueAt ?? now.steady }, alerts: [] };
    }
    case 'closed':
      return stepPoint(kind, kind.accepted?.(state) ?? state, { kind: 'gone' }, now);
    case 'gone':
      // Should the condition still hold, its duration counts anew from here.
      return {
        state: { ...state, open: false, pastSince: state.pastSince === null ? null : now.steady },
        alerts: [],
      };
  }
}

function settle<S extends Condition, M, F extends Facts>(
  kind: PointKind<S, M, F>,
  state: S,
  now: Moment,
): PointResult<S, F> {
  const heldSeconds = raiseDue(state, kind.durations, now);
  const facts = heldSeconds === undefined ? undefined : kind.raised(state);
  if (heldSeconds !== undefined && facts !== undefined) {
    return { state: { ...state, open: true }, alerts: [{ action: 'raise', heldSeconds, ...facts }] };
  }
  return isClearDue(state, kind.durations, now) ? cleared(kind, state) : { state, alerts: [] };
}

function cleared<S extends Condition, M, F extends Facts>(kind: PointKind<S, M, F>, state: S): PointResult<S, F> {
  return {
    state: { ...state, open: false, pastSince: null },
    alerts: [{ action: 'clear', ...kind.cleared(state) }],
  };
}
