import { median } from '../figures.ts';

/** What the last quarter may take more than the third, as a share: garbage that waits for its collection moves memory by so much. */
const GROWTH_MAX = 0.05;

/** Memory in the last two quarters of a run, bytes: the first two are for warming up. */
export interface LateMemory {
  thirdQuarter: number;
  lastQuarter: number;
}

/** @param rss resident memory at even intervals, bytes, four times or more */
export function lateMemory(rss: readonly number[]): LateMemory {
  const at = (quarters: number): number => Math.floor((rss.length * quarters) / 4);
  return { thirdQuarter: median(rss.slice(at(2), at(3))), lastQuarter: median(rss.slice(at(3))) };
}

/** Says that a process has grown while nothing about its load changed; undefined when it has not. */
export function growthFailure(name: string, { thirdQuarter, lastQuarter }: LateMemory): string | undefined {
  const growth = lastQuarter / thirdQuarter - 1;
  if (growth <= GROWTH_MAX) return undefined;
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  return `${name} took ${percent(growth)} more memory in the last quarter than in the third: expected ${percent(GROWTH_MAX)} or less`;
}
