import { allImports } from '../tidy/import-graph.ts';

/** The packages that the console's sources import: what is built of them is delivered, though npm knows them as those of developers. */
export function consolePackages(): string[] {
  const names = allImports()
    .filter(({ from, to, ours }) => from.startsWith('dashboards/console/src/') && !ours && !to.startsWith('node:'))
    .map(({ to }) => to);
  return [...new Set(names)].sort();
}
