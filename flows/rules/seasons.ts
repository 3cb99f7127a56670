import { type Static, Type } from '#typebox';
import { median, medianDeviation } from './robust.ts';

const HOUR_MS = 3_600_000;
/** The hours of a week. The first hour of 1970 was a Thursday's. */
export const WEEK_HOURS = 168;
const THURSDAY = 72;

/** Weeks remembered of each hour: what changed for good is normal after as many, and a holiday is outvoted. */
const WEEKS_MAX = 4;
/** Values of an hour that are kept until it ends: one a minute. */
const VALUE_MS = 60_000;
/** An hour counts when so many of its minutes are known. */
const VALUES_MIN = 6;

/** One hour in the past: which (hours since 1970, local), the median of its values, and their median deviation. */
const PastHour = Type.Tuple([Type.Integer(), Type.Number(), Type.Number()]);
type PastHour = Static<typeof PastHour>;

/** What is usual: of each hour of the week (Monday's first is 0) the newest past ones, oldest first. */
export const Seasons = Type.Record(
  Type.String({ pattern: '^\\d{1,3}$' }),
  Type.Array(PastHour, { maxItems: WEEKS_MAX }),
  {
    maxProperties: WEEK_HOURS,
  },
);
export type Seasons = Static<typeof Seasons>;

/** The hour that is under way. */
export interface PresentHour {
  /** Hours since 1970, local. */
  hour: number;
  values: readonly number[];
  /** Minutes since 1970 of the last value kept. */
  minute: number;
}

export interface Usual {
  centre: number;
  /** The wider of how far the weeks lie apart and how far the values within an hour do, as median deviations. */
  spread: number;
  weeks: number;
}

/** The hour that a time, ms since 1970, lies in: hours since 1970 of a clock that is `offsetHours` ahead of UTC. */
export function hourOf(time: number, offsetHours: number): number {
  return Math.floor(time / HOUR_MS + offsetHours);
}

/** The hour's place in the week, 0 for Monday from 0 to 1 o'clock. */
export function hourOfWeek(hour: number): number {
  return (((hour + THURSDAY) % WEEK_HOURS) + WEEK_HOURS) % WEEK_HOURS;
}

/** The present hour with one more value; where another hour begins, the one before is over. */
export function withValue(
  present: PresentHour | null,
  { time, value }: { time: number; value: number },
  offsetHours: number,
): { present: PresentHour; over: PresentHour | null } {
  const hour = hourOf(time, offsetHours);
  const minute = Math.floor(time / VALUE_MS);
  if (present?.hour !== hour) return { present: { hour, minute, values: [value] }, over: present };
  if (minute <= present.minute) return { present, over: null };
  return { present: { hour, minute, values: [...present.values, value] }, over: null };
}

/** What is usual, with an hour that is over. */
export function learned(seasons: Seasons, { hour, values }: PresentHour): Seasons {
  if (values.length < VALUES_MIN) return seasons;
  const slot = String(hourOfWeek(hour));
  const centre = median(values);
  const past: PastHour = [hour, rounded(centre), rounded(medianDeviation(values, centre))];
  // A clock that was set back brings an hour again: it counts once.
  const others = (seasons[slot] ?? []).filter(([each]) => each < hour);
  return { ...seasons, [slot]: [...others, past].slice(-WEEKS_MAX) };
}

/** What is usual in an hour; undefined where nothing is known of it. */
export function usualAt(seasons: Seasons, hour: number): Usual | undefined {
  const past = seasons[String(hourOfWeek(hour))] ?? [];
  if (past.length === 0) return undefined;
  const centres = past.map(([, centre]) => centre);
  const centre = median(centres);
  const within = median(past.map(([, , deviation]) => deviation));
  return { centre, spread: Math.max(medianDeviation(centres, centre), within), weeks: past.length };
}

/** Five digits are more than a spread needs, and keep the file small. */
function rounded(value: number): number {
  return Number(value.toPrecision(5));
}
