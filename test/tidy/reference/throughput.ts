import { configurationRows } from './configuration.ts';
import { markdownTable } from './markdown.ts';
import { collectorReference } from './measurements.ts';

/** What a measurement of throughput sends and what gateway and agent can be told about it. */
export function throughputReference(): string {
  const rows = [...configurationRows('gateway.throughput.'), ...configurationRows('agent.throughput.')];
  const keys = markdownTable(['key', 'type', 'default', 'meaning'], rows);
  return [collectorReference('throughput'), '## Keys', keys].join('\n\n');
}
