import { isId } from './ids.ts';

/**
 * MQTT topics (MQTT 3.1.1 §4.7): `campus/v1/{site}/{device}/{channel}`, alerts at `campus/v1/{site}/alerts/{id}`,
 * requests of the flows at `campus/v1/{site}/flows/alert`. Topics are built and parsed nowhere else.
 */
export const TOPIC_ROOT = 'campus/v1';

/** What a device says, and whether the broker keeps the last message for later subscribers. */
export const channels = {
  telemetry: { retain: false, from: 'device' },
  state: { retain: true, from: 'device' },
  inventory: { retain: true, from: 'device' },
  event: { retain: false, from: 'device' },
  reply: { retain: false, from: 'device' },
  command: { retain: false, from: 'gateway' },
} as const;

export type Channel = keyof typeof channels;

export type Topic =
  | { kind: 'channel'; site: string; device: string; channel: Channel }
  | { kind: 'alert'; site: string; id: string }
  | { kind: 'alert-request'; site: string };

/** The topic of one channel of one device. */
export function channelTopic(site: string, device: string, channel: Channel): string {
  return `${TOPIC_ROOT}/${site}/${device}/${channel}`;
}

/** The topic that holds one open alert, retained. */
export function alertTopic(site: string, id: string): string {
  return `${TOPIC_ROOT}/${site}/alerts/${id}`;
}

/** The topic on which flows ask the gateway to raise or clear an alert. */
export function alertRequestTopic(site: string): string {
  return `${TOPIC_ROOT}/${site}/flows/alert`;
}

/** The filter for one channel of every device of a site (`+` for every site). */
export function channelFilter(site: string, channel: Channel): string {
  return `${TOPIC_ROOT}/${site}/+/${channel}`;
}

/** The filter for the alerts of a site. */
export function alertFilter(site: string): string {
  return `${TOPIC_ROOT}/${site}/alerts/+`;
}

/** Parses a topic of the contract; undefined when it is none, whatever the text. */
export function parseTopic(topic: string): Topic | undefined {
  const [root, version, site, second, third, ...rest] = topic.split('/');
  if (rest.length > 0 || `${root}/${version}` !== TOPIC_ROOT) return undefined;
  if (site === undefined || second === undefined || third === undefined || !isId(site)) return undefined;
  if (second === 'alerts') return isId(third) ? { kind: 'alert', site, id: third } : undefined;
  if (second === 'flows') return third === 'alert' ? { kind: 'alert-request', site } : undefined;
  if (!isId(second) || !Object.hasOwn(channels, third)) return undefined;
  return { kind: 'channel', site, device: second, channel: third as Channel };
}
