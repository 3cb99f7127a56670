import { type Condition, type Durations, initialCondition, type Place } from './condition.ts';
import type { Moment } from './moment.ts';
import { type PointInput, type PointKind, type PointResult, type Sample, stepPoint } from './point-kind.ts';
import { thresholdSummary } from './texts.ts';
import type { ThresholdRuleSettings } from './threshold-settings.ts';

export interface ThresholdSettings extends Durations {
  direction: 'above' | 'below';
  /** Past this value the condition holds. */
  raise: number;
  /** Past this value on the other side it is over; between the two nothing changes. */
  clear: number;
  /**
   * Levels that arm the rule, in place of `raise` and `clear`: the highest one the value ever reached is remembered, and falling below
   * it is the condition. Who never had it never misses it.
   */
  armAt: readonly number[];
}

/** What a threshold rule knows of one subject of one device. */
export interface ThresholdState extends Condition {
  value: number | null;
  armed: number | null;
}

/** What the alert of a threshold rule says. */
export interface Crossing {
  value: number;
  threshold: number;
}

export type ThresholdResult = PointResult<ThresholdState, Crossing>;
type Kind = PointKind<ThresholdState, number, Crossing>;

/** The state of a subject that nothing is known of; `armed` as remembered from an earlier run. */
export function initialThreshold(armed: number | null): ThresholdState {
  return { ...initialCondition, value: null, armed };
}

/** A value beyond a limit for some time. */
export function thresholdKind(settings: ThresholdRuleSettings): Kind {
  return {
    ...judgement(settings.threshold),
    summary: ({ device, subject }, crossing) => thresholdSummary(settings, { device, subject, ...crossing }),
  };
}

/** Takes one input for one subject of one device. Pure: the same arguments give the same result, and none of them changes. */
export function step(
  state: ThresholdState,
  input: PointInput,
  settings: ThresholdSettings,
  now: Moment,
): ThresholdResult {
  const kind = { ...judgement(settings), summary: () => ({ 'zh-CN': '', en: '' }) };
  return stepPoint(kind, state, input, now);
}

function judgement(settings: ThresholdSettings): Omit<Kind, 'summary'> {
  return {
    durations: settings,
    accepts: (value) => typeof value === 'number' && Number.isFinite(value),
    recalled: (armed) => initialThreshold(armed ?? null),
    memoryOf: ({ armed }) => armed ?? undefined,
    judged: (state, sample) => judged(state, sample, settings),
    raised: (state) =>
      state.value === null
        ? undefined
        : { value: state.value, threshold: thresholdOf(state, settings) ?? settings.raise },
    cleared: (state) => {
      const threshold = thresholdOf(state, settings);
      return {
        ...(state.value === null ? {} : { value: state.value }),
        ...(threshold === undefined ? {} : { threshold }),
      };
    },
    reopened: (state, threshold) => ({ ...state, armed: reached(threshold, state.armed, settings.armAt) }),
    // What was lost is not missed any more: the rule arms anew with what the value reaches from here.
    accepted: (state) => ({ ...state, armed: null }),
    vanished: (state) => ({ ...state, value: null }),
  };
}

function judged(state: ThresholdState, { value }: Sample, settings: ThresholdSettings) {
  if (typeof value !== 'number') return { state, place: 'between' as const };
  const armed = reached(value, state.armed, settings.armAt);
  return { state: { ...state, value, armed }, place: placeOf(value, armed, settings) };
}

/** The highest arming level that the value has reached so far. */
function reached(value: number, armed: number | null, armAt: readonly number[]): number | null {
  return armAt.reduce<number | null>(
    (highest, level) => (value >= level && (highest === null || level > highest) ? level : highest),
    armed,
  );
}

function placeOf(value: number, armed: number | null, settings: ThresholdSettings): Place {
  if (settings.armAt.length > 0) return armed !== null && value < armed ? 'past' : 'well';
  return placeBeyond(value, settings);
}

/** Where a value lies with hysteresis: past `raise`, past `clear` on the other side, or between. */
export function placeBeyond(
  value: number,
  { direction, raise, clear }: Pick<ThresholdSettings, 'direction' | 'raise' | 'clear'>,
): Place {
  const sign = direction === 'above' ? 1 : -1;
  if (sign * (value - raise) > 0) return 'past';
  return sign * (value - clear) < 0 ? 'well' : 'between';
}

/** The value that counts at present; undefined for an armed rule that is not armed. */
function thresholdOf({ armed }: ThresholdState, settings: ThresholdSettings): number | undefined {
  return settings.armAt.length === 0 ? settings.raise : (armed ?? undefined);
}
