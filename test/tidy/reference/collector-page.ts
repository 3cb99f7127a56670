import type { measurements } from '../../../contract/measurements/index.ts';
import { configurationRows } from './configuration.ts';
import { markdownTable } from './markdown.ts';
import { collectorReference } from './measurements.ts';

/** What a collector sends and what it can be told. */
export function collectorPage(name: keyof typeof measurements): string {
  const keys = markdownTable(['key', 'type', 'default', 'meaning'], configurationRows(`agent.collectors.${name}.`));
  return [collectorReference(name), '## Keys', keys].join('\n\n');
}

/** The keys of the check of a room. */
export function checkReference(): string {
  return markdownTable(['key', 'type', 'default', 'meaning'], configurationRows('agent.check.'));
}
