import { markdownTable } from '../tidy/reference/markdown.ts';
import { type BenchResult, figureAt } from './result.ts';

const figures = [
  { label: 'CPU, % of a core', path: 'cpu_percent', aim: '≤ 1' },
  { label: 'PSS, MB', path: 'pss_mb', aim: '' },
  { label: 'RSS, MB', path: 'rss_mb', aim: '' },
  { label: 'processes and threads started a minute', path: 'processes_per_minute', aim: '' },
] as const;

/** The table of the agents side by side, and what ours is measured by. */
export function agentTable(result: BenchResult, shown: (value: number | undefined) => string): string {
  const peers = Object.keys(result.further ?? {});
  const rows = figures.map(({ label, path, aim }) => [
    label,
    shown(figureAt(result.ours, path)),
    ...peers.map((peer) => shown(figureAt(result.further, `${peer}.${path}`))),
    aim,
  ]);
  return markdownTable(['', 'campus-edge agent', ...peers, 'aim'], rows);
}
