import { type Channel, channels } from '../../contract/topics.ts';
import type { Principal } from '../../gateway/access/principal.ts';
import { mayPublish, maySubscribe } from '../../gateway/access/topics.ts';

/** Who the example is about: a device that has an account, another one, and a site that is none of this gateway's. */
export const example = {
  site: 'school',
  device: 'room-1',
  other: 'room-2',
  elsewhere: 'academy',
  alert: 'a-1',
} as const;

export interface TopicCase {
  act: 'publish' | 'subscribe';
  /** As the document names it. */
  pattern: string;
  /** As it is tried. */
  topic: string;
}

const names = Object.keys(channels) as Channel[];

/** Filters with wildcards, which no message can be published on (MQTT-3.3.2-2). */
const filters = [
  ...names.map((channel) => `campus/v1/{site}/+/${channel}`),
  'campus/v1/{site}/alerts/+',
  'campus/v1/{other site}/+/telemetry',
  'campus/v1/{other site}/alerts/+',
  'campus/v1/+/+/telemetry',
  'campus/v1/{site}/{device}/+',
  'campus/v1/{site}/{device}/#',
  'campus/v1/{site}/#',
  '$SYS/#',
  '+/+/+/+/+',
  '#',
];

/** Every pattern of a topic or filter that tells one kind of client from another, or tries to get around that. */
export const topicCases: readonly TopicCase[] = (['publish', 'subscribe'] as const).flatMap((act) =>
  [
    ...names.map((channel) => `campus/v1/{site}/{device}/${channel}`),
    ...names.map((channel) => `campus/v1/{site}/{other device}/${channel}`),
    'campus/v1/{other site}/{device}/telemetry',
    'campus/v1/{other site}/{device}/command',
    'campus/v1/{site}/alerts/{id}',
    'campus/v1/{site}/flows/alert',
    'campus/v1/{other site}/flows/alert',
    'campus/v1/{site}/{device}/other',
    'campus/v1/{site}/{device}',
    'campus/v1/{site}/{device}/telemetry/more',
    'campus/v2/{site}/{device}/telemetry',
    '$SYS/broker/version',
    'other',
    ...(act === 'subscribe' ? filters : []),
  ].map((pattern) => ({ act, pattern, topic: topicOf(pattern) })),
);

/** What each kind of client is called in the document. */
export const mqttKinds: readonly { kind: string; principal: Principal }[] = [
  { kind: 'device', principal: { kind: 'device', site: example.site, device: example.device } },
  { kind: 'flows', principal: { kind: 'flows', site: example.site } },
];

/** Whether the code lets a kind of client do this. */
export function isAllowed(principal: Principal, { act, topic }: TopicCase): boolean {
  return (act === 'publish' ? mayPublish(principal, topic) : maySubscribe(principal, topic)) === true;
}

/** A pattern as a device tries it. */
export function topicOf(pattern: string, device: string = example.device): string {
  return pattern
    .replace('{site}', example.site)
    .replace('{device}', device)
    .replace('{other device}', example.other)
    .replace('{other site}', example.elsewhere)
    .replace('{id}', example.alert);
}
