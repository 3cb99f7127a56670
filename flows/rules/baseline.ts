import { CampusError } from '../../contract/errors.ts';
import { type Condition, initialCondition, type Place } from './condition.ts';
import { baselineSummary } from './kind-texts.ts';
import type { PointKind } from './point-kind.ts';
import { MAD_TO_SIGMA } from './robust.ts';
import { BaselineNode, parseNode } from './rule-settings.ts';
import { hourOf, learned, type PresentHour, type Seasons, type Usual, usualAt, withValue } from './seasons.ts';
import { type Watch, watchOf } from './watch.ts';

/** Subjects of one rule: the memory of each is a few kilobytes. */
export const BASELINES_PER_RULE = 250;

/** A spread of nothing would make everything unusual: it is at least this share of the usual value. */
const LEAST_RELATIVE_SPREAD = 0.01;

export interface BaselineSettings extends Watch {
  node: BaselineNode;
}

export interface BaselineState extends Condition {
  seasons: Seasons | null;
  present: PresentHour | null;
  value: number | null;
  usual: Usual | null;
}

/** What the alert of a baseline rule says. */
export interface BaselineFacts {
  value: number;
  /** The value past which it is unusual, on the side where it lies. */
  threshold: number;
  /** The usual value of this hour of this weekday. */
  expected: number;
  /** Weeks from which that is known. */
  weeks: number;
}

/**
 * Reads a baseline node from a flow file, with what the configuration says in place of the node.
 * @throws CampusError `config_invalid` when it does not read, or would raise and clear at once
 */
export function parseBaselineNode(definition: object, override: object = {}): BaselineSettings {
  const node = parseNode(BaselineNode, { ...definition, ...override });
  const { raise, clear } = node;
  if (clear > raise) throw new CampusError('config_invalid', `clear: expected at most raise (${raise}), got ${clear}`);
  return { ...watchOf(node), node };
}

/**
 * A value that is not what is usual in this hour of this weekday, by medians and median deviations: single weeks and single values do not
 * move them. Silent until `learn_weeks` of the hour are known.
 */
export function baselineKind(settings: BaselineSettings): PointKind<BaselineState, Seasons, BaselineFacts> {
  const { node } = settings;
  return {
    durations: { forSeconds: node.for_seconds, clearForSeconds: node.clear_for_seconds },
    statesMax: BASELINES_PER_RULE,
    accepts: (value) => typeof value === 'number' && Number.isFinite(value),
    recalled: (memory) => ({ ...initialCondition, seasons: memory ?? null, present: null, value: null, usual: null }),
    memoryOf: ({ seasons }) => seasons ?? undefined,
    judged: (state, { value, time }) => {
      if (typeof value !== 'number') return { state, place: 'between' };
      const { present, over } = withValue(state.present, { time, value }, node.utc_offset_hours);
      const seasons = over === null ? state.seasons : learned(state.seasons ?? {}, over);
      const usual =
        over === null && state.usual !== null
          ? state.usual
          : (usualAt(seasons ?? {}, hourOf(time, node.utc_offset_hours)) ?? null);
      return { state: { ...state, seasons, present, value, usual }, place: placeOf(value, usual, node) };
    },
    raised: (state) => told(state, node),
    cleared: (state) => {
      const facts = told(state, node);
      return facts === undefined ? {} : { value: facts.value, threshold: facts.threshold, expected: facts.expected };
    },
    vanished: (state) => ({ ...state, value: null }),
    summary: (about, facts) => baselineSummary(settings, about, facts),
  };
}

/** The spread in the field's unit that counts as one. */
function spreadOf({ centre, spread }: Usual, { least_spread: least }: BaselineNode): number {
  return Math.max(MAD_TO_SIGMA * spread, least, LEAST_RELATIVE_SPREAD * Math.abs(centre), Number.MIN_VALUE);
}

function placeOf(value: number, usual: Usual | null, node: BaselineNode): Place {
  if (usual === null || usual.weeks < node.learn_weeks) return 'between';
  const deviation = (value - usual.centre) / spreadOf(usual, node);
  const score = node.direction === 'either' ? Math.abs(deviation) : node.direction === 'above' ? deviation : -deviation;
  if (score > node.raise) return 'past';
  return score <= node.clear ? 'well' : 'between';
}

function told({ value, usual }: BaselineState, node: BaselineNode): BaselineFacts | undefined {
  if (value === null || usual === null) return undefined;
  const side = value >= usual.centre ? 1 : -1;
  return {
    value,
    threshold: usual.centre + side * node.raise * spreadOf(usual, node),
    expected: usual.centre,
    weeks: usual.weeks,
  };
}
