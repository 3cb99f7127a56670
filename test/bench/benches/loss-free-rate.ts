export interface RateSearch {
  /** The rate tried first. */
  start: number;
  /** The factor from one rate to the next until one holds and one does not. */
  stride: number;
  /** Rates beyond these are not tried. */
  lowest: number;
  highest: number;
  /** The answer is at most this much below a rate at which messages were lost: 1.06 for 6 %. */
  precision: number;
}

/**
 * Searches the highest rate at which nothing is lost: in strides until one rate holds and a higher one does not, then halving the gap.
 * @param holds whether nothing is lost at a rate
 * @returns undefined when even the lowest rate loses messages
 */
export async function findLossFreeRate(
  { start, stride, lowest, highest, precision }: RateSearch,
  holds: (rate: number) => Promise<boolean>,
): Promise<number | undefined> {
  let good: number | undefined;
  let bad: number | undefined;
  let rate = start;
  while (good === undefined || bad === undefined || bad / good > precision) {
    if (await holds(rate)) good = rate;
    else bad = rate;
    if (good !== undefined && good >= highest) return good;
    if (bad !== undefined && bad <= lowest) return undefined;
    rate = Math.round(nextRate(good, bad, stride));
    rate = Math.min(highest, Math.max(lowest, rate));
    if (rate === good || rate === bad) return good;
  }
  return good;
}

function nextRate(good: number | undefined, bad: number | undefined, stride: number): number {
  if (bad === undefined) return (good ?? 0) * stride;
  if (good === undefined) return bad / stride;
  return (good + bad) / 2;
}
