import { Type } from '#typebox';
import type { FieldValue } from '../../contract/telemetry.ts';
import { type Condition, initialCondition, isFresh, type Place } from './condition.ts';
import { changeSummary } from './kind-texts.ts';
import type { Moment } from './moment.ts';
import type { PointKind } from './point-kind.ts';
import { ChangeNode, parseNode } from './rule-settings.ts';
import { type Watch, watchOf } from './watch.ts';

/** Characters of a state that are compared and remembered. */
const STATE_CHARS = 256;

export interface ChangeSettings extends Watch {
  node: ChangeNode;
  /** The normal states as texts; none where the rule learns them. */
  normal: readonly string[];
}

export interface ChangeState extends Condition {
  value: FieldValue | null;
  /** The normal state that the subject was in last. */
  normal: string | null;
  /** Since when the value has been the same, steady ms; for a state that is yet to be learned. */
  sameSince: number | null;
}

/** What the alert of a change-of-state rule says. */
export interface ChangeFacts {
  value: FieldValue;
  /** What is normal, where it is known. */
  expected?: string;
}

/** The normal state that outlives the process. */
export const RememberedState = Type.String({ maxLength: STATE_CHARS });

/**
 * Reads a change-of-state node from a flow file, with what the configuration says in place of the node.
 * @throws CampusError `config_invalid` when it does not read
 */
export function parseChangeNode(definition: object, override: object = {}): ChangeSettings {
  const node = parseNode(ChangeNode, { ...definition, ...override });
  return { ...watchOf(node), node, normal: textsOf(node.normal) };
}

/** The texts of a list that is separated by commas. */
export function textsOf(list: string): string[] {
  return list
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '');
}

/** A value that is another than normal: than the configured one, or than the one that had lasted. */
export function changeKind(settings: ChangeSettings): PointKind<ChangeState, string, ChangeFacts> {
  const { node, normal } = settings;
  return {
    durations: { forSeconds: node.for_seconds, clearForSeconds: node.clear_for_seconds },
    accepts: (value) => typeof value !== 'number' || Number.isFinite(value),
    recalled: (memory) => ({ ...initialCondition, value: null, normal: memory ?? null, sameSince: null }),
    memoryOf: (state) => state.normal ?? undefined,
    judged: (state, { value }, now) => {
      const text = stateText(value);
      const learned = normal.length > 0 ? (normal.includes(text) ? text : state.normal) : learn(state, text, node, now);
      const sameSince = isSame(state, text, now) ? (state.sameSince ?? now.steady) : now.steady;
      return { state: { ...state, value, normal: learned, sameSince }, place: placeOf(text, learned, settings) };
    },
    raised: (state) => (state.value === null ? undefined : { value: state.value, ...expectedOf(state, normal) }),
    cleared: (state) => (state.value === null ? {} : { value: state.value, ...expectedOf(state, normal) }),
    // The present counts as normal from here: it is learned anew.
    accepted: (state) => ({ ...state, normal: null, sameSince: null }),
    vanished: (state) => ({ ...state, value: null }),
    summary: (about, facts) => changeSummary(settings, about, facts),
  };
}

function stateText(value: FieldValue): string {
  return String(value).slice(0, STATE_CHARS);
}

function isSame(state: ChangeState, text: string, now: Moment): boolean {
  return state.value !== null && stateText(state.value) === text && isFresh(state, now);
}

/** The first state that lasts for long enough is the normal one. */
function learn(state: ChangeState, text: string, node: ChangeNode, now: Moment): string | null {
  if (state.normal !== null) return state.normal;
  const since = isSame(state, text, now) ? (state.sameSince ?? now.steady) : now.steady;
  return now.steady - since >= node.settle_seconds * 1000 ? text : null;
}

function placeOf(text: string, learned: string | null, { node, normal }: ChangeSettings): Place {
  if (normal.length === 0) return learned === null || text === learned ? 'well' : 'past';
  if (normal.includes(text)) return 'well';
  return node.only_after_normal && learned === null ? 'well' : 'past';
}

function expectedOf(state: ChangeState, normal: readonly string[]): { expected?: string } {
  const expected = state.normal ?? normal[0];
  return expected === undefined ? {} : { expected };
}
