import { configurationRows } from './configuration.ts';
import { markdownTable } from './markdown.ts';
import { collectorReference } from './measurements.ts';

/** What the ipv6 collector sends and what it can be told. */
export function ipv6Reference(): string {
  const keys = markdownTable(['key', 'type', 'default', 'meaning'], configurationRows('agent.collectors.ipv6.'));
  return [collectorReference('ipv6', 'ipv6_router', 'ipv6_target', 'ipv6_dns'), '## Keys', keys].join('\n\n');
}
