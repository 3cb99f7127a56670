import { parseFailure } from '../../parse-failure.ts';

export interface Load {
  load1: number;
  load5: number;
  load15: number;
}

/**
 * Parses /proc/loadavg (proc(5)): runnable tasks averaged over 1, 5 and 15 minutes, running/existing tasks, the newest pid.
 *
 *     0.42 0.23 0.15 3/111 2039
 *
 * @throws CampusError `parse_failed`
 */
export function parseLoadavg(text: string): Load {
  const match = /^(\d+\.\d+) (\d+\.\d+) (\d+\.\d+) \d+\/\d+ \d+\s*$/.exec(text);
  if (match === null) {
    throw parseFailure(
      { source: '/proc/loadavg', line: 1 },
      'three averages, running/existing and a pid',
      text.trimEnd(),
    );
  }
  return { load1: Number(match[1]), load5: Number(match[2]), load15: Number(match[3]) };
}

/**
 * Parses /proc/uptime (proc(5)): seconds since boot, and seconds of idling summed over all CPUs.
 *
 *     46901.13 46856.66
 *
 * @returns seconds since boot
 * @throws CampusError `parse_failed`
 */
export function parseUptime(text: string): number {
  const match = /^(\d+\.\d+) \d+\.\d+\s*$/.exec(text);
  if (match === null) throw parseFailure({ source: '/proc/uptime', line: 1 }, 'two numbers of seconds', text.trimEnd());
  return Number(match[1]);
}
