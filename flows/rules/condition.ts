import type { Moment } from './moment.ts';

/** A sample or a remembered value older than this, ms, says nothing about the present. */
export const MAX_AGE_MS = 120_000;

/** An alert ends when its device reported for so long, ms, without the value: the cable is out, the disk is gone. */
export const VANISHED_MS = 600_000;

/** Where a value lies: the condition holds, it is over, or neither, in which case nothing changes. */
export type Place = 'past' | 'between' | 'well';

/** How long a condition lasts before it is believed, s. */
export interface Durations {
  /** How long the condition must have held before the alert is raised. */
  forSeconds: number;
  /** How long it must have been over before the alert is cleared. */
  clearForSeconds: number;
}

/** What every rule over values knows of one subject of one device. Plain JSON; steady times are of this process's run. */
export interface Condition {
  open: boolean;
  /** Timestamp of the newest sample, ms since 1970. */
  newest: number | null;
  /** When the value came, or an open alert without one became known; steady ms. */
  valueAt: number | null;
  /** Since when the condition has held, and since when it has been over; steady ms. */
  pastSince: number | null;
  wellSince: number | null;
}

export const initialCondition: Condition = {
  open: false,
  newest: null,
  valueAt: null,
  pastSince: null,
  wellSince: null,
};

/**
 * Whether a sample says something about the present: late and old ones do not.
 * @param time of the sample, ms since 1970
 */
export function isUsable({ newest }: Condition, time: number, now: Moment): boolean {
  if (time < now.wall - MAX_AGE_MS) return false;
  // A newest timestamp ahead of the clock was taken before the clock stepped back: it orders nothing any more.
  return newest === null || newest > now.wall || time >= newest;
}

/** The condition after a usable sample whose value lies at `place`. */
export function observed(condition: Condition, time: number, place: Place, now: Moment): Condition {
  // Nothing was known in between, so what held before a gap cannot be said to have held ever since.
  const continuous = isFresh(condition, now);
  const since = (before: number | null): number => (continuous ? (before ?? now.steady) : now.steady);
  return {
    open: condition.open,
    // A device's clock may be ahead: counted as now, its later samples stay in order when it is set right.
    newest: Math.min(time, now.wall),
    valueAt: now.steady,
    pastSince: place === 'past' ? since(condition.pastSince) : null,
    wellSince: place === 'well' ? since(condition.wellSince) : null,
  };
}

export function isFresh({ valueAt }: Condition, now: Moment): boolean {
  return valueAt !== null && now.steady - valueAt <= MAX_AGE_MS;
}

/** @param reporting the device has lately sent the measurement, with or without the value */
export function isVanished({ open, valueAt }: Condition, reporting: boolean, now: Moment): boolean {
  return open && reporting && valueAt !== null && now.steady - valueAt >= VANISHED_MS;
}

/** Whether an alert is due: how long the condition has held, s, when it has held for long enough and none is open. */
export function raiseDue(condition: Condition, { forSeconds }: Durations, now: Moment): number | undefined {
  const { open, pastSince } = condition;
  if (open || pastSince === null || now.steady - pastSince < forSeconds * 1000) return undefined;
  return (now.steady - pastSince) / 1000;
}

/** Whether the open alert is over. */
export function isClearDue({ open, wellSince }: Condition, { clearForSeconds }: Durations, now: Moment): boolean {
  return open && wellSince !== null && now.steady - wellSince >= clearForSeconds * 1000;
}
