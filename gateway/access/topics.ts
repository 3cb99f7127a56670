import type { ErrorCode } from '../../contract/errors.ts';
import { alertFilter, type Channel, channelFilter, channels, channelTopic, parseTopic } from '../../contract/topics.ts';
import type { Principal } from './principal.ts';

/** Why an MQTT client may not do what it asked for. */
export interface Refusal {
  code: Extract<ErrorCode, 'topic_invalid' | 'topic_forbidden'>;
  detail: string;
}

/** What flows listen to, of every device of their site. */
const flowsChannels: readonly Channel[] = ['telemetry', 'state', 'event'];

/** Whether a client may publish to a topic: a device on its own channels, flows on the alert requests of their site. */
export function mayPublish(principal: Principal, topic: string): true | Refusal {
  // MQTT 3.1.1 §4.7.2: topics that begin with $ belong to the server.
  if (topic.startsWith('$'))
    return forbidden(`expected a topic of the contract, got ${quoted(topic)}, which is the server's`);
  const parsed = parseTopic(topic);
  if (parsed === undefined) {
    return { code: 'topic_invalid', detail: `expected campus/v1/{site}/{device}/{channel}, got ${quoted(topic)}` };
  }
  if (principal.kind === 'flows') {
    if (parsed.kind === 'alert-request' && parsed.site === principal.site) return true;
    return forbidden(`expected the alert requests of site ${principal.site}, got ${quoted(topic)}`);
  }
  const own =
    parsed.kind === 'channel' &&
    parsed.site === principal.site &&
    parsed.device === principal.device &&
    channels[parsed.channel].from === 'device';
  if (own) return true;
  return forbidden(`expected a channel that ${principal.site}/${principal.device} reports on, got ${quoted(topic)}`);
}

/**
 * Whether a client may subscribe to a filter. Filters are compared as they stand with the few that are allowed: a wildcard that would
 * match more, such as `#`, is none of them.
 */
export function maySubscribe(principal: Principal, filter: string): true | Refusal {
  const allowed = allowedFilters(principal);
  if (allowed.includes(filter)) return true;
  return forbidden(`expected ${allowed.join(' or ')}, got ${quoted(filter)}`);
}

/** Every filter that a client may subscribe to. */
export function allowedFilters(principal: Principal): string[] {
  if (principal.kind === 'device') return [channelTopic(principal.site, principal.device, 'command')];
  return [...flowsChannels.map((channel) => channelFilter(principal.site, channel)), alertFilter(principal.site)];
}

function forbidden(detail: string): Refusal {
  return { code: 'topic_forbidden', detail };
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 128 ? `${text.slice(0, 127)}…` : text);
}
