import type { Means, MeansList } from './targets.ts';

/** Cycles after which a better way is tried again: a gateway may have got a reflector meanwhile. */
const RETRY_CYCLES = 10;

/** Which of its ways to measure works for a target, as far as is known. */
export interface Choice {
  /** The method that was answered last; undefined while none was. */
  worked?: Means['method'];
  /** True when it was not answered in the last cycle. */
  silent: boolean;
  cycle: number;
}

export const noChoice: Choice = { silent: true, cycle: 0 };

/** The means to try in this cycle: the one that works, or all of them while it is not known which does. */
export function meansToTry(means: MeansList, { worked, silent, cycle }: Choice): readonly Means[] {
  const isBest = worked === means[0].method;
  if (worked === undefined || silent || (!isBest && cycle % RETRY_CYCLES === 0)) return means;
  return means.filter(({ method }) => method === worked);
}

/**
 * Decides whose result is reported: the best of those that were answered; if none was, the one that was answered before, or else the last,
 * which needs nothing but that the target is there.
 */
export function decide(means: MeansList, before: Choice, answered: readonly Means[]): [Means, Choice] {
  const cycle = before.cycle + 1;
  const best = means.find((one) => answered.includes(one));
  if (best !== undefined) return [best, { worked: best.method, silent: false, cycle }];
  const usual = means.find(({ method }) => method === before.worked) ?? means.at(-1) ?? means[0];
  return [usual, { ...before, silent: true, cycle }];
}
