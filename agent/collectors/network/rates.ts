import type { InterfaceCounters } from './net-dev.ts';

/** Counters with what makes them comparable: when they were read, and of which interface. */
export interface Sample {
  counters: InterfaceCounters;
  /** An interface made anew under the same name has another index. */
  ifindex: number | undefined;
  /** Monotonic milliseconds. */
  at: number;
}

/** Change a second between two samples. */
export interface Rates {
  rxBitsPerSecond: number | undefined;
  txBitsPerSecond: number | undefined;
  rxPacketsPerSecond: number | undefined;
  txPacketsPerSecond: number | undefined;
  errorsPerSecond: number | undefined;
  droppedPerSecond: number | undefined;
}

/** Counter steps over shorter times say more of the clock than of the link. */
const INTERVAL_MIN_MS = 100;

/**
 * Rates between two samples of one interface. A counter that went backwards was reset or has wrapped (32-bit counters do);
 * its rate is unknown, for a guess could be wrong by a factor of millions.
 */
export function ratesBetween(before: Sample | undefined, now: Sample): Partial<Rates> {
  if (before === undefined || before.ifindex !== now.ifindex) return {};
  const milliseconds = now.at - before.at;
  if (milliseconds < INTERVAL_MIN_MS) return {};
  const perSecond = (...names: (keyof Omit<InterfaceCounters, 'name'>)[]): number | undefined => {
    const steps = names.map((name) => now.counters[name] - before.counters[name]);
    if (steps.some((step) => step < 0)) return undefined;
    return (steps.reduce((sum, step) => sum + step, 0) * 1000) / milliseconds;
  };
  return {
    rxBitsPerSecond: inBits(perSecond('rxBytes')),
    txBitsPerSecond: inBits(perSecond('txBytes')),
    rxPacketsPerSecond: perSecond('rxPackets'),
    txPacketsPerSecond: perSecond('txPackets'),
    errorsPerSecond: perSecond('rxErrors', 'txErrors'),
    droppedPerSecond: perSecond('rxDropped', 'txDropped'),
  };
}

/**
 * Use of a link in percent, at most 100: on full duplex each direction has the whole speed, on half they share it.
 * @param speed Mbit/s
 */
export function utilisationPercent(
  rates: Partial<Rates>,
  speed: number | undefined,
  duplex: string | undefined,
): number | undefined {
  const { rxBitsPerSecond: rx, txBitsPerSecond: tx } = rates;
  if (speed === undefined || rx === undefined || tx === undefined) return undefined;
  const used = duplex === 'half' ? rx + tx : Math.max(rx, tx);
  return Math.min(100, (100 * used) / (speed * 1e6));
}

function inBits(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : bytes * 8;
}
