import { CampusError } from '../../contract/errors.ts';
import { type Condition, initialCondition, type Place } from './condition.ts';
import { rateSummary } from './kind-texts.ts';
import type { PointKind } from './point-kind.ts';
import { median } from './robust.ts';
import { parseNode, RateNode } from './rule-settings.ts';
import { type Watch, watchOf } from './watch.ts';

/** Values kept of a window: a minute's steps of two hours. Where more come, the newest stands for its neighbours. */
const WINDOW_VALUES = 120;

/** A change is told once the values span this share of the window. */
const LEAST_SPAN = 0.5;

/** From so many values on, each end of a window is the median of three, and one wild value is no change. */
const VALUES_FOR_MEDIANS = 6;

export interface RateSettings extends Watch {
  node: RateNode;
  /** The change below which it is over. */
  clear: number;
}

export interface RateState extends Condition {
  /** Values of the window, oldest first. */
  values: readonly { time: number; value: number }[];
}

/** What the alert of a rate-of-change rule says: the change, and the time in which it came about. */
export interface RateFacts {
  value: number;
  threshold: number;
  window_seconds: number;
}

/**
 * Reads a rate-of-change node from a flow file, with what the configuration says in place of the node.
 * @throws CampusError `config_invalid` when it does not read, or would raise and clear at once
 */
export function parseRateNode(definition: object, override: object = {}): RateSettings {
  const node = parseNode(RateNode, { ...definition, ...override });
  const { raise, clear = raise } = node;
  if (clear > raise) throw new CampusError('config_invalid', `clear: expected at most raise (${raise}), got ${clear}`);
  return { ...watchOf(node), node, clear };
}

/** By how much a value changes within a window of its own timestamps. Nothing of it outlives the process: the window fills anew. */
export function rateKind(settings: RateSettings): PointKind<RateState, never, RateFacts> {
  const { node } = settings;
  const told = ({ values }: RateState): RateFacts | undefined => {
    const change = changeOf(values, node);
    const seconds = spanMs(values) / 1000;
    return change === undefined ? undefined : { value: change, threshold: node.raise, window_seconds: seconds };
  };
  return {
    durations: { forSeconds: node.for_seconds, clearForSeconds: node.clear_for_seconds },
    valueIs: 'change',
    accepts: (value) => typeof value === 'number' && Number.isFinite(value),
    recalled: () => ({ ...initialCondition, values: [] }),
    memoryOf: () => undefined,
    judged: (state, { value, time }) => {
      if (typeof value !== 'number') return { state, place: 'between' };
      const values = withValue(state.values, { time, value }, node.window_seconds * 1000);
      return { state: { ...state, values }, place: placeOf(changeOf(values, node), settings) };
    },
    raised: told,
    cleared: (state) => told(state) ?? {},
    // What has come about until here is normal.
    accepted: (state) => ({ ...state, values: state.values.slice(-1) }),
    vanished: (state) => ({ ...state, values: [] }),
    summary: (about, facts) => rateSummary(settings, about, facts),
  };
}

/** The window with one more value. A value that is not newer than the last is one that came before; an earlier clock begins it anew. */
function withValue(values: RateState['values'], next: { time: number; value: number }, windowMs: number) {
  const last = values.at(-1);
  if (last !== undefined && next.time < last.time) return [next];
  if (last?.time === next.time) return values;
  const before = values.at(-2);
  const crowded = before !== undefined && next.time - before.time < (2 * windowMs) / WINDOW_VALUES;
  const kept = (crowded ? values.slice(0, -1) : values).filter(({ time }) => time >= next.time - windowMs);
  return [...kept, next].slice(-WINDOW_VALUES);
}

function spanMs(values: RateState['values']): number {
  return (values.at(-1)?.time ?? 0) - (values[0]?.time ?? 0);
}

/** The change over the window in the direction that counts; undefined while too little of the window is known. */
function changeOf(values: RateState['values'], node: RateNode): number | undefined {
  if (values.length < 2 || spanMs(values) < LEAST_SPAN * node.window_seconds * 1000) return undefined;
  const numbers = values.map(({ value }) => value);
  const change = node.counter
    ? increase(numbers)
    : endOf(numbers.slice(-3), numbers) - endOf(numbers.slice(0, 3), numbers, 0);
  if (node.direction === 'either') return Math.abs(change);
  return node.direction === 'rising' ? change : -change;
}

/** The value at an end of the window: the median of the three there, or where there are few, the outermost. */
function endOf(three: readonly number[], all: readonly number[], outermost = three.length - 1): number {
  return all.length >= VALUES_FOR_MEDIANS ? median(three) : (three[outermost] ?? Number.NaN);
}

/** How far a counter has counted; one that is lower than before has begun anew. */
function increase(numbers: readonly number[]): number {
  return numbers.reduce((sum, value, index) => {
    const before = numbers[index - 1];
    return before === undefined ? sum : sum + (value >= before ? value - before : value);
  }, 0);
}

function placeOf(change: number | undefined, { node, clear }: RateSettings): Place {
  if (change === undefined) return 'between';
  if (change > node.raise) return 'past';
  return change < clear || (clear === 0 && change <= 0) ? 'well' : 'between';
}
