import { uptime } from 'node:os';

/** /proc/uptime counts in hundredths, and the two clocks are not read at the same moment: less than this is no sleep. */
const SLEEP_MIN_MS = 1000;

export interface BootClockSources {
  /** CLOCK_MONOTONIC (clock_gettime(2)), ms: the same for every process of the machine, but it stands still while the machine sleeps. */
  monotonicMs: () => number;
  /** CLOCK_BOOTTIME as /proc/uptime has it (proc_uptime(5)), ms: time asleep included. */
  uptimeMs: () => number;
}

const machine: BootClockSources = {
  monotonicMs: () => Number(process.hrtime.bigint()) / 1e6,
  uptimeMs: () => uptime() * 1000,
};

/**
 * A clock that counts from the machine's start in fine steps, sleep included: CLOCK_MONOTONIC with what /proc/uptime is ahead of it.
 * In a container whose /proc/uptime counts from its own start the two have nothing to do with one another, and the former stands alone.
 */
export function createBootClock({ monotonicMs, uptimeMs }: BootClockSources = machine): () => number {
  let asleepMs = 0;
  return () => {
    const awake = monotonicMs();
    const asleep = uptimeMs() - awake;
    if (asleep > SLEEP_MIN_MS && Math.abs(asleep - asleepMs) > SLEEP_MIN_MS) asleepMs = asleep;
    return awake + asleepMs;
  };
}
