import { type Static, Type } from '#typebox';
import { CampusError } from '../../contract/errors.ts';
import { type Condition, initialCondition, type Place } from './condition.ts';
import { forecastSummary } from './kind-texts.ts';
import type { PointKind } from './point-kind.ts';
import { median, type Trend, trendOf } from './robust.ts';
import { ForecastNode, parseNode } from './rule-settings.ts';
import { type Watch, watchOf } from './watch.ts';

const DAY_MS = 86_400_000;

/** Parts into which a window is divided; each stands by the median of its values. */
export const WINDOW_PARTS = 48;
/** Values of a part that are kept until it is over. */
const PART_VALUES = 15;
/** Parts that must be known before anything is said, and the share of the window that they must span. */
const PARTS_MIN = 12;
const LEAST_SPAN = 0.5;
/** A trend is believed when this share of all pairs of parts agree: files that are written and deleted again do not. */
const LEAST_AGREEMENT = 0.75;

export interface ForecastSettings extends Watch {
  node: ForecastNode;
  /** Days left beyond which it is over. */
  clear: number;
}

/** The parts of the window that are over: time, ms since 1970, and median, oldest first. */
export const RememberedParts = Type.Array(Type.Tuple([Type.Number(), Type.Number()]), { maxItems: WINDOW_PARTS });
export type RememberedParts = Static<typeof RememberedParts>;

export interface ForecastState extends Condition {
  parts: RememberedParts | null;
  /** The part that is under way. */
  present: { since: number; values: readonly number[]; newest: number } | null;
  trend: Trend | null;
  value: number | null;
}

/** What the alert of a forecast rule says. */
export interface ForecastFacts {
  value: number;
  /** The limit that will be reached; absent where the value itself is the time that is left. */
  threshold?: number;
  days: number;
  /** By how much the value changes a day, and over what time that was found. */
  change_per_day?: number;
  window_seconds?: number;
}

/**
 * Reads a forecast node from a flow file, with what the configuration says in place of the node.
 * @throws CampusError `config_invalid` when it does not read, or would raise and clear at once
 */
export function parseForecastNode(definition: object, override: object = {}): ForecastSettings {
  const node = parseNode(ForecastNode, { ...definition, ...override });
  const { raise, clear = raise } = node;
  if (clear < raise) throw new CampusError('config_invalid', `clear: expected at least raise (${raise}), got ${clear}`);
  return { ...watchOf(node), node, clear };
}

/** When a value reaches its limit: by its robust trend, or because the value is the time that is left. */
export function forecastKind(settings: ForecastSettings): PointKind<ForecastState, RememberedParts, ForecastFacts> {
  const { node } = settings;
  const windowMs = node.window_seconds * 1000;
  return {
    durations: { forSeconds: node.for_seconds, clearForSeconds: node.clear_for_seconds },
    accepts: (value) => typeof value === 'number' && Number.isFinite(value),
    recalled: (memory) => ({
      ...initialCondition,
      ...{ parts: memory ?? null, present: null, value: null },
      trend: trendOf(memory ?? []) ?? null,
    }),
    memoryOf: ({ parts }) => parts ?? undefined,
    judged: (state, { value, time }) => {
      if (typeof value !== 'number') return { state, place: 'between' };
      const next = {
        ...state,
        ...(node.estimate === 'remaining_seconds' ? {} : withValue(state, { time, value }, windowMs)),
        value,
      };
      return { state: next, place: placeOf(next, settings) };
    },
    raised: (state) => told(state, settings),
    cleared: ({ value }) => (value === null ? {} : { value, ...limitOf(node) }),
    // The use from here on tells.
    accepted: (state) => ({ ...state, parts: null, present: null, trend: null }),
    vanished: (state) => ({ ...state, value: null }),
    summary: (about, facts) => forecastSummary(settings, about, facts),
  };
}

function limitOf(node: ForecastNode): { threshold?: number } {
  return node.estimate === 'remaining_seconds' ? {} : { threshold: node.limit };
}

/** The window with one more value. Where a part is over, the trend is found anew. */
function withValue(
  { parts, present, trend }: ForecastState,
  { time, value }: { time: number; value: number },
  windowMs: number,
): Pick<ForecastState, 'parts' | 'present' | 'trend'> {
  const partMs = windowMs / WINDOW_PARTS;
  // A clock that was set back: its times order nothing among the others.
  if (present !== null && time < present.since)
    return { parts, trend, present: { since: time, values: [value], newest: time } };
  if (present === null) return { parts, trend, present: { since: time, values: [value], newest: time } };
  if (time - present.since < partMs) {
    const isDue = time - present.newest >= partMs / PART_VALUES && present.values.length < PART_VALUES;
    return {
      parts,
      trend,
      present: isDue ? { ...present, values: [...present.values, value], newest: time } : present,
    };
  }
  const middle = Math.round((present.since + present.newest) / 2);
  const kept = (parts ?? []).filter(([each]) => each >= time - windowMs && each < middle);
  const over: RememberedParts = [...kept, [middle, median(present.values)] as [number, number]].slice(-WINDOW_PARTS);
  return { parts: over, trend: trendOf(over) ?? null, present: { since: time, values: [value], newest: time } };
}

/** Days until the limit; undefined while that cannot be said, `Infinity` where it is not on its way there. */
function daysLeft({ value, parts, trend }: ForecastState, { node }: ForecastSettings): number | undefined {
  if (value === null) return undefined;
  if (node.estimate === 'remaining_seconds') return (value * 1000) / DAY_MS;
  const sign = node.estimate === 'rising' ? 1 : -1;
  if (sign * (value - node.limit) >= 0) return 0;
  const span = (parts?.at(-1)?.[0] ?? 0) - (parts?.[0]?.[0] ?? 0);
  if (trend === null || (parts?.length ?? 0) < PARTS_MIN || span < LEAST_SPAN * node.window_seconds * 1000)
    return undefined;
  if (sign * trend.slope <= 0 || trend.agreement < LEAST_AGREEMENT) return Number.POSITIVE_INFINITY;
  return (node.limit - value) / trend.slope / DAY_MS;
}

function placeOf(state: ForecastState, settings: ForecastSettings): Place {
  const days = daysLeft(state, settings);
  if (days === undefined) return 'between';
  if (days < settings.node.raise) return 'past';
  return days > settings.clear ? 'well' : 'between';
}

function told(state: ForecastState, settings: ForecastSettings): ForecastFacts | undefined {
  const { value, parts, trend } = state;
  const days = daysLeft(state, settings);
  if (value === null || days === undefined || !Number.isFinite(days)) return undefined;
  if (settings.node.estimate === 'remaining_seconds') return { value, days };
  const seconds = ((parts?.at(-1)?.[0] ?? 0) - (parts?.[0]?.[0] ?? 0)) / 1000;
  return {
    ...{ value, threshold: settings.node.limit, days, window_seconds: seconds },
    ...(trend === null ? {} : { change_per_day: trend.slope * DAY_MS }),
  };
}
