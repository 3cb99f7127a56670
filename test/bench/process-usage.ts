import { readFileSync } from 'node:fs';

/** Clock ticks a second of /proc/PID/stat (USER_HZ, 100 on every Linux port in use). */
const TICKS_PER_SECOND = 100;

export interface ProcessUsage {
  /** User and system time since the process started, seconds. */
  cpuSeconds: number;
  rssBytes: number;
  /** RSS with shared pages counted in part (proc(5), smaps_rollup). */
  pssBytes: number;
}

/** What a process has used so far, from /proc. */
export function processUsage(pid: number): ProcessUsage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The second field is the name in parentheses, which may hold spaces; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    rssBytes: kilobytes(readFileSync(`/proc/${pid}/status`, 'latin1'), 'VmRSS') * 1024,
    pssBytes: kilobytes(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'), 'Pss') * 1024,
  };
}

function kilobytes(text: string, name: string): number {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text);
  if (match === null) throw new Error(`expected "${name}: N kB", got ${text.slice(0, 80)}`);
  return Number(match[1]);
}
