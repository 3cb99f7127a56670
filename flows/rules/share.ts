import { CampusError } from '../../contract/errors.ts';
import type { FieldValue } from '../../contract/telemetry.ts';
import { textsOf } from './change-of-state.ts';
import {
  type Condition,
  type Durations,
  isClearDue,
  observed,
  type Place,
  raiseDue,
  VANISHED_MS,
} from './condition.ts';
import type { Moment } from './moment.ts';
import { parseNode, ShareNode } from './rule-settings.ts';
import { placeBeyond } from './threshold.ts';
import { type Watch, watchOf } from './watch.ts';

export interface ShareSettings extends Watch {
  node: ShareNode;
  /** The good values as texts; none where `limit` says what is bad. */
  normal: readonly string[];
}

/** A device of the group: whether its last value is bad, and when it came, steady ms. */
export interface Member {
  bad: boolean;
  at: number;
}

export interface GroupState extends Condition {
  /** The device that the open alert is filed under: the first of the bad ones when it was raised. */
  filedUnder: string | null;
}

/** What the alert of a share rule says. */
export interface ShareFacts {
  /** Percent of the devices. */
  value: number;
  threshold: number;
  /** Devices whose value is known, and the bad ones of them. */
  known: number;
  devices: readonly string[];
  subject: string;
}

export type ShareAlert = ({ action: 'raise'; heldSeconds: number } & ShareFacts) | { action: 'clear'; value?: number };

/**
 * Reads a share node from a flow file, with what the configuration says in place of the node.
 * @throws CampusError `config_invalid` when it does not read, would raise and clear at once, or does not say what is bad
 */
export function parseShareNode(definition: object, override: object = {}): ShareSettings {
  const node = parseNode(ShareNode, { ...definition, ...override });
  const { raise, clear, limit } = node;
  const normal = textsOf(node.normal);
  if (clear > raise) throw new CampusError('config_invalid', `clear: expected at most raise (${raise}), got ${clear}`);
  if (limit === undefined && normal.length === 0) {
    throw new CampusError('config_invalid', 'limit: expected a number, or normal values in its place, got nothing');
  }
  return { ...watchOf(node), node, normal };
}

/** Whether a device's value is bad; undefined for one that says nothing. */
export function isBad(value: FieldValue, { node, normal }: ShareSettings): boolean | undefined {
  if (normal.length > 0) return !normal.includes(String(value));
  if (typeof value !== 'number' || !Number.isFinite(value) || node.limit === undefined) return undefined;
  return placeBeyond(value, { direction: node.direction, raise: node.limit, clear: node.limit }) === 'past';
}

/** Lets time go by for one group: once a second its devices are counted. Pure. */
export function stepGroup(
  state: GroupState,
  { subject, members }: { subject: string; members: ReadonlyMap<string, Member> },
  { node }: ShareSettings,
  now: Moment,
): { state: GroupState; alerts: readonly ShareAlert[] } {
  const known = [...members].filter(
    ([, { at }]) => node.member_seconds === 0 || now.steady - at <= node.member_seconds * 1000,
  );
  if (known.length < node.least_devices) return unknown(state, now);
  const devices = known.filter(([, { bad }]) => bad).map(([device]) => device);
  const value = (100 * devices.length) / known.length;
  const durations: Durations = { forSeconds: node.for_seconds, clearForSeconds: node.clear_for_seconds };
  const next = { ...state, ...observed(state, now.wall, placeOf(value, node), now) };
  const heldSeconds = raiseDue(next, durations, now);
  const [first] = devices.toSorted();
  if (heldSeconds !== undefined && first !== undefined) {
    const facts: ShareFacts = {
      value,
      threshold: node.raise,
      known: known.length,
      devices: devices.toSorted(),
      subject,
    };
    return { state: { ...next, open: true, filedUnder: first }, alerts: [{ action: 'raise', heldSeconds, ...facts }] };
  }
  if (!isClearDue(next, durations, now)) return { state: next, alerts: [] };
  return { state: { ...next, open: false, pastSince: null }, alerts: [{ action: 'clear', value }] };
}

function placeOf(value: number, { raise, clear }: ShareNode): Place {
  if (value > raise) return 'past';
  return value < clear || value === 0 ? 'well' : 'between';
}

/** Too few devices are known to tell. An alert does not outlive that for long. */
function unknown(state: GroupState, now: Moment): { state: GroupState; alerts: readonly ShareAlert[] } {
  const isOver = state.open && state.valueAt !== null && now.steady - state.valueAt >= VANISHED_MS;
  if (!isOver) return { state: state.pastSince === null ? state : { ...state, pastSince: null }, alerts: [] };
  return { state: { ...state, open: false, pastSince: null }, alerts: [{ action: 'clear' }] };
}
