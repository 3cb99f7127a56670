/** Numbers of the messages that a store holds of one device and measurement, each with how many times; asked of the real thing. */
export type CountStored = (query: StoredQuery) => Promise<Map<number, number>>;

export interface StoredQuery {
  device: string;
  measurement: string;
  /** Times of the first and behind the last message, ms. */
  from: number;
  to: number;
  /** Time of message 0: that of each message tells its number as well as its field does. */
  epoch: number;
}

/** Counts points by their `seq`. A point whose time is not that of its number is none of the devices': it counts as number −1. */
export function countSequences(
  points: Iterable<readonly [time: number, seq: number]>,
  epoch: number,
): Map<number, number> {
  const counts = new Map<number, number>();
  for (const [time, seq] of points) {
    const number = time - epoch === seq ? seq : -1;
    counts.set(number, (counts.get(number) ?? 0) + 1);
  }
  return counts;
}
