import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allImports } from '../tidy/import-graph.ts';
import { root } from '../tidy/sources.ts';

/** The packages that the console's sources import: what is built of them is delivered, though npm knows them as those of developers. */
export function consolePackages(): string[] {
  const names = allImports()
    .filter(({ from, to, ours }) => from.startsWith('dashboards/console/src/') && !ours && !to.startsWith('node:'))
    .map(({ to }) => packageOf(to));
  return [...new Set(names)].sort();
}

/** What a name of the project's own (`#typebox`, package.json) stands for in the console. */
function packageOf(name: string): string {
  const { imports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    imports: Record<string, { browser?: string }>;
  };
  return imports[name]?.browser ?? name;
}
