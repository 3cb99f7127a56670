import { readFileSync } from 'node:fs';

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

/** CPU time of the whole machine since it started, over all cores. */
export interface MachineUsage {
  totalSeconds: number;
  idleSeconds: number;
  /** Taken by the host for other machines. */
  stolenSeconds: number;
}

/** From /proc/stat: `cpu  user nice system idle iowait irq softirq steal …` (proc(5)). */
export function machineUsage(): MachineUsage {
  const [line = ''] = readFileSync('/proc/stat', 'latin1').split('\n');
  const seconds = line
    .trim()
    .split(/\s+/)
    .slice(1, 9)
    .map((ticks) => Number(ticks) / TICKS_PER_SECOND);
  const [, , , idle = 0, waiting = 0, , , stolen = 0] = seconds;
  const total = seconds.reduce((sum, value) => sum + value, 0);
  return { totalSeconds: total, idleSeconds: idle + waiting, stolenSeconds: stolen };
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
