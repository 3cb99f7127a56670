/** Sequence numbers of one device as inclusive ranges, ascending and apart: what a publisher keeps of its acknowledgements. */
export type Ranges = [from: number, to: number][];

/** The publisher's own record: which samples of which device were acknowledged. */
export class Acknowledged {
  readonly #sequences = new Map<string, number[]>();
  count = 0;

  add(device: string, sequence: number): void {
    const known = this.#sequences.get(device);
    if (known === undefined) this.#sequences.set(device, [sequence]);
    else known.push(sequence);
    this.count++;
  }

  /** Ranges by device: small enough to be handed from process to process. */
  toRanges(): Record<string, Ranges> {
    return Object.fromEntries([...this.#sequences].map(([device, sequences]) => [device, rangesOf(sequences)]));
  }
}

/** Sorts numbers and joins those that follow one another; a number that stands twice counts once. */
export function rangesOf(numbers: readonly number[]): Ranges {
  const ranges: Ranges = [];
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && number <= last[1] + 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges;
}

/** How a device's acknowledged samples compare with those found in a store. */
export interface Comparison {
  acknowledged: number;
  /** Acknowledged and not in the store. */
  lost: number;
  /** In the store more than once. */
  doubled: number;
}

/** @param stored the sequences in the store, in any order, one for each time that a sample stands there */
export function compare(acknowledged: Ranges, stored: readonly number[]): Comparison {
  const distinct = new Set(stored);
  let count = 0;
  let lost = 0;
  for (const [from, to] of acknowledged) {
    for (let sequence = from; sequence <= to; sequence++) {
      count++;
      if (!distinct.has(sequence)) lost++;
    }
  }
  return { acknowledged: count, lost, doubled: stored.length - distinct.size };
}
