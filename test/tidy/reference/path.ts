import { configurationRows } from './configuration.ts';
import { markdownTable } from './markdown.ts';
import { collectorReference } from './measurements.ts';

/** What the path collector sends and what it can be told. */
export function pathReference(): string {
  const keys = markdownTable(['key', 'type', 'default', 'meaning'], configurationRows('agent.collectors.path.'));
  return [collectorReference('path'), '## Keys', keys].join('\n\n');
}
