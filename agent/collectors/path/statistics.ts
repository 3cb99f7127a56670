/** One answer. Times are milliseconds. */
export interface Reply {
  /** The number of the packet that is answered, in the order of sending. */
  sequence: number;
  /** The round trip, without the time that the other end took where it tells. */
  rttMs: number;
  /** One-way times, where the other end told when it had the packet: with an offset of the two clocks that nobody knows, so for variation only. */
  forwardMs?: number;
  backwardMs?: number;
}

/** What became of the packets of one cycle. */
export interface Run {
  sent: number;
  /** In the order in which they came, duplicates included. */
  replies: readonly Reply[];
}

/** Jitter by RFC 3550, which goes on from cycle to cycle. */
export interface Jitter {
  rttMs?: number;
  forwardMs?: number;
  backwardMs?: number;
}

export interface PathStatistics {
  sent: number;
  received: number;
  lossPercent: number;
  duplicates: number;
  reordered: number;
  reorderedPercent?: number;
  rttMeanMs?: number;
  rttMinMs?: number;
  rttMaxMs?: number;
}

/** Loss, reordering and round trips of one cycle. A packet that came twice counts once, by its first copy. */
export function summarise({ sent, replies }: Run): PathStatistics {
  const first = firstCopies(replies);
  const received = first.length;
  const counts = {
    sent,
    received,
    lossPercent: sent === 0 ? 0 : (100 * (sent - received)) / sent,
    duplicates: replies.length - received,
    reordered: countReordered(first),
  };
  if (received === 0) return counts;
  const rtts = first.map(({ rttMs }) => rttMs);
  return {
    ...counts,
    reorderedPercent: (100 * counts.reordered) / received,
    rttMeanMs: rtts.reduce((sum, rtt) => sum + rtt, 0) / received,
    rttMinMs: Math.min(...rtts),
    rttMaxMs: Math.max(...rtts),
  };
}

/**
 * The interarrival jitter after one more cycle (RFC 3550 §6.4.1): J += (|D| − J) / 16, where D is the difference in transit time of two packets
 * that came one after another. The first packet of a cycle is compared with none: between cycles lies time in which clocks drift.
 * @param before what it was; empty at the start, when J is 0
 * @returns no jitter of what nobody has measured, which takes two packets
 */
export function continueJitter(before: Jitter, { replies }: Run): Jitter {
  const first = firstCopies(replies);
  const after: Jitter = {};
  for (const key of ['rttMs', 'forwardMs', 'backwardMs'] as const) {
    const transits = first.flatMap((reply) => reply[key] ?? []);
    const differences = transits.slice(1).map((transit, index) => Math.abs(transit - (transits[index] ?? transit)));
    if (differences.length === 0 && before[key] === undefined) continue;
    after[key] = differences.reduce((jitter, difference) => jitter + (difference - jitter) / 16, before[key] ?? 0);
  }
  return after;
}

/** The jitter of one direction, the worse, where both are known; else that of the round trip, which holds both. */
export function oneWayJitterMs({ rttMs, forwardMs, backwardMs }: Jitter): number | undefined {
  return forwardMs === undefined || backwardMs === undefined ? rttMs : Math.max(forwardMs, backwardMs);
}

/** RFC 4737 §3.3: a packet is reordered when one that was sent later has come before it. */
function countReordered(replies: readonly Reply[]): number {
  let nextExpected = 0;
  let reordered = 0;
  for (const { sequence } of replies) {
    if (sequence < nextExpected) reordered += 1;
    else nextExpected = sequence + 1;
  }
  return reordered;
}

function firstCopies(replies: readonly Reply[]): Reply[] {
  const seen = new Set<number>();
  return replies.filter(({ sequence }) => {
    const isFirst = !seen.has(sequence);
    seen.add(sequence);
    return isFirst;
  });
}
