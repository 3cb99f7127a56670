import type { Moment } from './moment.ts';

/** A sample or a remembered value older than this, ms, says nothing about the present. */
export const MAX_AGE_MS = 120_000;

/** An alert ends when its device reported for so long, ms, without the value: the cable is out, the disk is gone. */
export const VANISHED_MS = 600_000;

export interface ThresholdSettings {
  direction: 'above' | 'below';
  /** Past this value the condition holds. */
  raise: number;
  /** Past this value on the other side it is over; between the two nothing changes. */
  clear: number;
  /** How long the condition must have held before the alert is raised. */
  forSeconds: number;
  /** How long it must have been over before the alert is cleared. */
  clearForSeconds: number;
  /**
   * Levels that arm the rule, in place of `raise` and `clear`: the highest one the value ever reached is remembered, and falling below
   * it is the condition. Who never had it never misses it.
   */
  armAt: readonly number[];
}

/** What a threshold rule knows of one subject of one device. Plain JSON; steady times are of this process's run. */
export interface ThresholdState {
  open: boolean;
  /** Timestamp of the newest sample, ms since 1970. */
  newest: number | null;
  value: number | null;
  /** When the value came, or an open alert without one became known; steady ms. */
  valueAt: number | null;
  /** Since when the condition has held, and since when it has been over; steady ms. */
  pastSince: number | null;
  wellSince: number | null;
  armed: number | null;
}

export type ThresholdInput =
  | { kind: 'sample'; value: number /** ms since 1970 */; time: number }
  /** Time goes by. `reporting`: the device has lately sent this measurement, with or without the value. */
  | { kind: 'tick'; reporting: boolean }
  /** The gateway has this alert open. `threshold` is its evidence's. */
  | { kind: 'open'; threshold: number | undefined }
  | { kind: 'gone' }
  /** A person has closed the alert. */
  | { kind: 'closed' };

export type ThresholdAlert =
  | { action: 'raise'; value: number; threshold: number; heldSeconds: number }
  | { action: 'clear'; value: number | undefined; threshold: number | undefined };

export interface ThresholdResult {
  state: ThresholdState;
  alerts: readonly ThresholdAlert[];
}

/** The state of a subject that nothing is known of; `armed` as remembered from an earlier run. */
export function initialThreshold(armed: number | null): ThresholdState {
  return { open: false, newest: null, value: null, valueAt: null, pastSince: null, wellSince: null, armed };
}

/** Takes one input for one subject of one device. Pure: the same arguments give the same result, and none of them changes. */
export function step(
  state: ThresholdState,
  input: ThresholdInput,
  settings: ThresholdSettings,
  now: Moment,
): ThresholdResult {
  switch (input.kind) {
    case 'sample':
      return isUsable(state, input, now)
        ? settle(withSample(state, input, settings, now), settings, now)
        : { state, alerts: [] };
    case 'tick':
      return isVanished(state, input.reporting, now)
        ? cleared({ ...state, value: null }, settings)
        : isFresh(state, now)
          ? settle(state, settings, now)
          : { state, alerts: [] };
    case 'open':
      return { state: withOpenAlert(state, input.threshold, settings, now), alerts: [] };
    case 'closed':
      // What was lost is not missed any more: the rule arms anew with what the value reaches from here.
      return step({ ...state, armed: null }, { kind: 'gone' }, settings, now);
    case 'gone':
      // Should the condition still hold, its duration counts anew from here.
      return {
        state: { ...state, open: false, pastSince: state.pastSince === null ? null : now.steady },
        alerts: [],
      };
  }
}

function isUsable(state: ThresholdState, { value, time }: { value: number; time: number }, now: Moment): boolean {
  if (!Number.isFinite(value) || time < now.wall - MAX_AGE_MS) return false;
  // A newest timestamp ahead of the clock was taken before the clock stepped back: it orders nothing any more.
  return state.newest === null || state.newest > now.wall || time >= state.newest;
}

function withSample(
  state: ThresholdState,
  { value, time }: { value: number; time: number },
  settings: ThresholdSettings,
  now: Moment,
): ThresholdState {
  const armed = reached(value, state.armed, settings.armAt);
  const place = placeOf(value, armed, settings);
  // Nothing was known in between, so what held before a gap cannot be said to have held ever since.
  const continuous = isFresh(state, now);
  const since = (before: number | null): number => (continuous ? (before ?? now.steady) : now.steady);
  return {
    open: state.open,
    // A device's clock may be ahead: counted as now, its later samples stay in order when it is set right.
    newest: Math.min(time, now.wall),
    value,
    valueAt: now.steady,
    pastSince: place === 'past' ? since(state.pastSince) : null,
    wellSince: place === 'well' ? since(state.wellSince) : null,
    armed,
  };
}

/** The highest arming level that the value has reached so far. */
function reached(value: number, armed: number | null, armAt: readonly number[]): number | null {
  return armAt.reduce<number | null>(
    (highest, level) => (value >= level && (highest === null || level > highest) ? level : highest),
    armed,
  );
}

function placeOf(value: number, armed: number | null, settings: ThresholdSettings): 'past' | 'between' | 'well' {
  if (settings.armAt.length > 0) return armed !== null && value < armed ? 'past' : 'well';
  const sign = settings.direction === 'above' ? 1 : -1;
  if (sign * (value - settings.raise) > 0) return 'past';
  return sign * (value - settings.clear) < 0 ? 'well' : 'between';
}

function withOpenAlert(
  state: ThresholdState,
  threshold: number | undefined,
  settings: ThresholdSettings,
  now: Moment,
): ThresholdState {
  const armed = threshold === undefined ? state.armed : reached(threshold, state.armed, settings.armAt);
  return { ...state, open: true, armed, valueAt: state.valueAt ?? now.steady };
}

function isFresh({ valueAt }: ThresholdState, now: Moment): boolean {
  return valueAt !== null && now.steady - valueAt <= MAX_AGE_MS;
}

function isVanished({ open, valueAt }: ThresholdState, reporting: boolean, now: Moment): boolean {
  return open && reporting && valueAt !== null && now.steady - valueAt >= VANISHED_MS;
}

function settle(state: ThresholdState, settings: ThresholdSettings, now: Moment): ThresholdResult {
  const { open, value, pastSince, wellSince } = state;
  if (!open && value !== null && pastSince !== null && now.steady - pastSince >= settings.forSeconds * 1000) {
    const heldSeconds = (now.steady - pastSince) / 1000;
    const threshold = thresholdOf(state, settings) ?? settings.raise;
    return { state: { ...state, open: true }, alerts: [{ action: 'raise', value, threshold, heldSeconds }] };
  }
  if (open && wellSince !== null && now.steady - wellSince >= settings.clearForSeconds * 1000) {
    return cleared(state, settings);
  }
  return { state, alerts: [] };
}

function cleared(state: ThresholdState, settings: ThresholdSettings): ThresholdResult {
  const threshold = thresholdOf(state, settings);
  return {
    state: { ...state, open: false, pastSince: null },
    alerts: [{ action: 'clear', value: state.value ?? undefined, threshold }],
  };
}

/** The value that counts at present; undefined for an armed rule that is not armed. */
function thresholdOf({ armed }: ThresholdState, settings: ThresholdSettings): number | undefined {
  return settings.armAt.length === 0 ? settings.raise : (armed ?? undefined);
}
