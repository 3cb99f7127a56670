import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second of /proc/PID/stat (USER_HZ, 100 on every Linux port in use). */
const TICKS_PER_SECOND = 100;

export interface ProcessUsage {
  /** User and system time since the process started, with that of children it has waited for, seconds. */
  cpuSeconds: number;
  rssBytes: number;
  /** RSS with shared pages counted in part (proc(5), smaps_rollup). */
  pssBytes: number;
}

/** What a process has used so far, from /proc. */
export function processUsage(pid: number): ProcessUsage {
  return {
    cpuSeconds: cpuSeconds(readFileSync(`/proc/${pid}/stat`, 'latin1')),
    rssBytes: kilobytes(readFileSync(`/proc/${pid}/status`, 'latin1'), 'VmRSS') * 1024,
    pssBytes: kilobytes(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'), 'Pss') * 1024,
  };
}

/** CPU seconds of each thread of a process by its name and number, e.g. `node-MainThread 4711`. */
export function threadUsage(pid: number): Map<string, number> {
  const threads = readdirSync(`/proc/${pid}/task`);
  return new Map(
    threads.map((thread) => {
      const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'latin1');
      const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
      return [`${name} ${thread}`, cpuSeconds(stat)] as const;
    }),
  );
}

/** The second field is the name in parentheses, which may hold spaces; utime, stime, cutime and cstime are fields 14 to 17 (proc(5)). */
function cpuSeconds(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
}

function kilobytes(text: string, name: string): number {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text);
  if (match === null) throw new Error(`expected "${name}: N kB", got ${text.slice(0, 80)}`);
  return Number(match[1]);
}
