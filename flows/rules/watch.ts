import type { DeviceState } from '../../contract/state.ts';
import type { Metric, Telemetry } from '../../contract/telemetry.ts';
import type { Moment } from './moment.ts';
import { type PointFilter, parsePointFilter } from './point-filter.ts';
import type { WatchNode } from './rule-settings.ts';

/** What a rule takes of a message. */
export type Heard = Pick<Telemetry, 'metrics' | 'replayed'>;

/** The measurement as which rules watch what a device, its will or the broker's memory says of its state. */
export const STATE_MEASUREMENT = 'state';

/** A state as a point: `online` and `planned`. It counts from now on, for a will is written before the fact. */
export function stateAsHeard({ online, planned = false }: DeviceState, now: Moment): Heard {
  return { metrics: [{ name: STATE_MEASUREMENT, tags: {}, fields: { online, planned }, timestamp: now.wall }] };
}

/** What a rule over values watches, understood. */
export interface Watch {
  node: WatchNode;
  filter: PointFilter;
  /** The tags that name what is watched within a device; none for the device as a whole. */
  subjectTags: readonly string[];
}

/** @throws CampusError `config_invalid` for a filter that does not read */
export function watchOf(node: WatchNode): Watch {
  const tags = node.subject_tag.split(',').map((tag) => tag.trim());
  return { node, filter: parsePointFilter(node.filter), subjectTags: tags.filter((tag) => tag !== '') };
}

/** Characters of a subject on the wire. */
const SUBJECT_CHARS = 256;

/** What of a device a point is about: the values of the tags that name it. */
export function subjectOf({ tags }: Metric, { subjectTags }: Watch): string {
  const [only = ''] = subjectTags;
  const tagValue = (tag: string): string => (Object.hasOwn(tags, tag) ? (tags[tag] ?? '') : '');
  if (subjectTags.length <= 1) return tagValue(only);
  const values = subjectTags.map(tagValue).filter((value) => value !== '');
  return values.join(' ').slice(0, SUBJECT_CHARS);
}
