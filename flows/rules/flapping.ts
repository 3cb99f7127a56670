import { type Static, Type } from '#typebox';
import { CampusError } from '../../contract/errors.ts';
import { type Condition, initialCondition, type Place } from './condition.ts';
import { flappingSummary } from './kind-texts.ts';
import type { PointKind } from './point-kind.ts';
import { FlappingNode, parseNode } from './rule-settings.ts';
import { type Watch, watchOf } from './watch.ts';

/** Changes remembered of a subject: as many as a rule may count, and a few more for its text. */
const CHANGES_MAX = 64;
/** Characters of a state that are compared and remembered. */
const STATE_CHARS = 64;

export interface FlappingSettings extends Watch {
  node: FlappingNode;
}

/** A subject's last state, and when it changed, ms since 1970, oldest first. */
export const RememberedChanges = Type.Object(
  {
    last: Type.String({ maxLength: STATE_CHARS }),
    changes: Type.Array(Type.Number(), { maxItems: CHANGES_MAX }),
  },
  { additionalProperties: false },
);
export type RememberedChanges = Static<typeof RememberedChanges>;

export interface FlappingState extends Condition {
  remembered: RememberedChanges | null;
  /** When this run first heard of the subject, by its timestamps, ms. */
  firstTime: number | null;
  /** Changes within the window. */
  count: number;
}

/** What the alert of a flapping rule says: how many changes, how many are too many, and in what time. */
export interface FlappingFacts {
  value: number;
  threshold: number;
  window_seconds: number;
}

/**
 * Reads a flapping node from a flow file, with what the configuration says in place of the node.
 * @throws CampusError `config_invalid` when it does not read, or would raise and clear at once
 */
export function parseFlappingNode(definition: object, override: object = {}): FlappingSettings {
  const node = parseNode(FlappingNode, { ...definition, ...override });
  const { raise, clear } = node;
  if (clear >= raise)
    throw new CampusError('config_invalid', `clear: expected less than raise (${raise}), got ${clear}`);
  return { ...watchOf(node), node };
}

/** A state that changes too often: one alert for all of it. */
export function flappingKind(settings: FlappingSettings): PointKind<FlappingState, RememberedChanges, FlappingFacts> {
  const { node } = settings;
  const windowMs = node.window_seconds * 1000;
  const told = ({ count }: FlappingState): FlappingFacts => ({
    value: count,
    threshold: node.raise,
    window_seconds: node.window_seconds,
  });
  return {
    durations: { forSeconds: node.for_seconds, clearForSeconds: node.clear_for_seconds },
    valueIs: 'count',
    accepts: (value) => typeof value !== 'number' || Number.isFinite(value),
    recalled: (memory) => ({ ...initialCondition, remembered: memory ?? null, firstTime: null, count: 0 }),
    memoryOf: ({ remembered }) => remembered ?? undefined,
    judged: (state, { value, time }) => {
      // A sample that comes again is no change, whatever it says.
      if (state.newest === time) return { state, place: placeOf(state, time, settings) };
      const remembered = withState(state.remembered, String(value).slice(0, STATE_CHARS), time);
      const count = remembered.changes.filter((change) => change > time - windowMs && change <= time).length;
      const firstTime = state.firstTime === null || state.firstTime > time ? time : state.firstTime;
      const next = { ...state, remembered, count, firstTime };
      return { state: next, place: placeOf(next, time, settings) };
    },
    raised: told,
    cleared: told,
    accepted: (state) => ({
      ...state,
      count: 0,
      remembered: state.remembered === null ? null : { ...state.remembered, changes: [] },
    }),
    summary: (about, facts) => flappingSummary(settings, about, facts),
  };
}

function withState(before: RememberedChanges | null, text: string, time: number): RememberedChanges {
  if (before === null) return { last: text, changes: [] };
  if (before.last === text) return before;
  return { last: text, changes: [...before.changes, time].slice(-CHANGES_MAX) };
}

function placeOf({ open, count, firstTime }: FlappingState, time: number, { node }: FlappingSettings): Place {
  if (count >= node.raise) return 'past';
  if (count > node.clear) return 'between';
  // An alert that an earlier run raised: what came before this one may be unknown.
  const knowsWindow = firstTime !== null && time - firstTime >= node.window_seconds * 1000;
  return open && !knowsWindow ? 'between' : 'well';
}
