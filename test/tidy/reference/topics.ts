import { limits } from '../../../contract/limits.ts';
import { alertRequestTopic, alertTopic, type Channel, channels, channelTopic } from '../../../contract/topics.ts';
import { markdownTable } from './markdown.ts';

/** Every topic of the wire, and the bounds of what is said there. */
export function topicsReference(): string {
  const device = (Object.keys(channels) as Channel[]).map((channel) => [
    `\`${channelTopic('{site}', '{device}', channel)}\``,
    channels[channel].from === 'device' ? 'the device' : 'the gateway',
    channels[channel].retain ? 'yes' : 'no',
  ]);
  const rows = [
    ...device,
    [`\`${alertTopic('{site}', '{id}')}\``, 'the gateway', 'while open'],
    [`\`${alertRequestTopic('{site}')}\``, 'the flows', 'no'],
  ];
  const bounds = Object.entries(limits).map(([name, value]) => [`\`${name}\``, String(value)]);
  return [
    markdownTable(['topic', 'published by', 'retained'], rows),
    '## Bounds',
    'What lies outside of these is refused with a code of [errors.md](errors.md). Sizes are in bytes, times in milliseconds; `contract/limits.ts` gives the reason of each.',
    markdownTable(['bound', 'value'], bounds),
  ].join('\n\n');
}
