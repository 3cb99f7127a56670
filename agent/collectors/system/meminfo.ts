import { parseCount, parseFailure } from '../../parse-failure.ts';

/** Memory in bytes. `available` is missing below Linux 3.14. */
export interface Meminfo {
  total: number;
  free?: number;
  available?: number;
  buffers?: number;
  cached?: number;
  swapTotal?: number;
  swapFree?: number;
}

const keys = {
  MemTotal: 'total',
  MemFree: 'free',
  MemAvailable: 'available',
  Buffers: 'buffers',
  Cached: 'cached',
  SwapTotal: 'swapTotal',
  SwapFree: 'swapFree',
} as const satisfies Record<string, keyof Meminfo>;

/**
 * Parses /proc/meminfo (Documentation/filesystems/proc.rst, "meminfo"); its kB are 1,024 bytes:
 *
 *     MemTotal:       24684084 kB
 *     MemFree:        24281700 kB
 *     MemAvailable:   24308908 kB
 *     HugePages_Total:       0
 *
 * @throws CampusError `parse_failed` when a line that is needed does not read so, or MemTotal is missing
 */
export function parseMeminfo(text: string): Meminfo {
  const source = '/proc/meminfo';
  const found: Partial<Meminfo> = {};
  for (const [index, line] of text.split('\n').entries()) {
    const name = line.slice(0, line.indexOf(':'));
    if (!isKey(name)) continue;
    const place = { source, line: index + 1 };
    const value = /^(\S+) kB$/.exec(line.slice(name.length + 1).trim());
    if (value === null) throw parseFailure(place, `"${name}: <count> kB"`, line);
    found[keys[name]] = parseCount(value[1], place, name) * 1024;
  }
  const { total, ...others } = found;
  if (total === undefined) throw parseFailure({ source, line: 1 }, 'a line "MemTotal"', text.split('\n')[0]);
  return { total, ...others };
}

function isKey(name: string): name is keyof typeof keys {
  return Object.hasOwn(keys, name);
}
