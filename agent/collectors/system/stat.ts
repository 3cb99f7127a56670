import { parseCount, parseFailure } from '../../parse-failure.ts';

/** The modes of CPU time in the order of the kernel's columns; older kernels end earlier. */
export const cpuModes = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const;
export type CpuMode = (typeof cpuModes)[number];

/** Ticks (1/USER_HZ s) since boot by mode, over all CPUs. */
export type CpuTimes = Partial<Record<CpuMode, number>>;

export interface KernelStat {
  cpu: CpuTimes;
  cpuCount: number;
  processesRunning?: number;
  processesBlocked?: number;
}

/** user, nice, system and idle stand in every kernel's line. */
const MODES_AT_LEAST = 4;

/**
 * Parses /proc/stat (Documentation/filesystems/proc.rst §1.7):
 *
 *     cpu  6002 152 8398 3444436 448 0 1174 0 0 0
 *     cpu0 2784 137 4367 1732802 225 0 221 0 0 0
 *     cpu1 3218 15 4031 1711634 223 0 953 0 0 0
 *     intr 2496709 18 73 0 …
 *     procs_running 2
 *     procs_blocked 0
 *
 * The last two columns of `cpu`, guest and guest_nice, are contained in user and nice. Lines of other names are left alone.
 * @throws CampusError `parse_failed`
 */
export function parseStat(text: string): KernelStat {
  const source = '/proc/stat';
  const stat: KernelStat = { cpu: {}, cpuCount: 0 };
  for (const [index, line] of text.split('\n').entries()) {
    const place = { source, line: index + 1 };
    const [name, ...columns] = line.trim().split(/\s+/);
    if (name === 'cpu') stat.cpu = parseCpuTimes(columns, place);
    else if (name !== undefined && /^cpu\d+$/.test(name)) stat.cpuCount += 1;
    else if (name === 'procs_running') stat.processesRunning = parseCount(columns[0], place, name);
    else if (name === 'procs_blocked') stat.processesBlocked = parseCount(columns[0], place, name);
  }
  if (stat.cpu.idle === undefined) throw parseFailure({ source, line: 1 }, 'a line "cpu"', text.split('\n')[0]);
  return stat;
}

function parseCpuTimes(columns: readonly string[], place: { source: string; line: number }): CpuTimes {
  if (columns.length < MODES_AT_LEAST) {
    throw parseFailure(place, `at least ${MODES_AT_LEAST} columns of CPU time`, columns.join(' '));
  }
  const times: CpuTimes = {};
  for (const [index, mode] of cpuModes.entries()) {
    if (index < columns.length) times[mode] = parseCount(columns[index], place, `${mode} time`);
  }
  return times;
}

/**
 * The share of each mode in the CPU time between two samples, percent; undefined when no time has passed.
 * The kernel lets idle and iowait run backwards at times (proc.rst §1.7): such a step counts as none.
 */
export function cpuPercentages(before: CpuTimes, now: CpuTimes): Partial<Record<CpuMode, number>> | undefined {
  const steps = cpuModes.flatMap((mode) => {
    const [from, to] = [before[mode], now[mode]];
    return from === undefined || to === undefined ? [] : [{ mode, ticks: Math.max(0, to - from) }];
  });
  const total = steps.reduce((sum, { ticks }) => sum + ticks, 0);
  if (total === 0) return undefined;
  return Object.fromEntries(steps.map(({ mode, ticks }) => [mode, (100 * ticks) / total]));
}
