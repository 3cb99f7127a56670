import { scenarios } from '../../faults/scenarios/index.ts';
import { markdownTable } from './markdown.ts';

/** Every fault that `npm run faults` tries. */
export function faultsReference(): string {
  return markdownTable(
    ['`--only`', 'what happens, and what holds'],
    scenarios.map(({ name, title }) => [`\`${name}\``, title]),
  );
}
