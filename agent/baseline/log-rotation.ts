/** Days of one period of logrotate(8). */
const PERIOD_DAYS: Readonly<Record<string, number>> = { daily: 1, weekly: 7, monthly: 30, yearly: 365 };

/** How long rotated logs are kept, as one block of a logrotate file says. */
export interface Rotation {
  /** The block's file names and patterns. */
  logs: string[];
  /** Days until the oldest is deleted; undefined where they go by size, or nothing is said. */
  days: number | undefined;
}

/**
 * Parses a file of /etc/logrotate.d (logrotate(8)). What a block leaves out is as in `defaults`, the text of /etc/logrotate.conf.
 *
 *     /var/log/syslog
 *     /var/log/auth.log
 *     {
 *             rotate 4
 *             weekly
 *     }
 */
export function parseRotations(text: string, defaults = ''): Rotation[] {
  const lines = text.replaceAll(/#.*/g, '');
  return [...lines.matchAll(/([^{}]+)\{([^}]*)\}/g)].map(([, names = '', body = '']) => ({
    logs: names.split(/\s+/).filter((name) => name.startsWith('/')),
    days: daysOf(body, defaults.replaceAll(/#.*/g, '').replaceAll(/\{[^}]*\}/g, '')),
  }));
}

function daysOf(body: string, defaults: string): number | undefined {
  // Rotated by size: how long that takes nobody knows.
  if (/^\s*(size|maxsize)\s/m.test(body)) return undefined;
  const count = /^\s*rotate\s+(-?\d+)/m.exec(body)?.[1] ?? /^\s*rotate\s+(-?\d+)/m.exec(defaults)?.[1];
  const period =
    /^\s*(daily|weekly|monthly|yearly)\b/m.exec(body)?.[1] ??
    /^\s*(daily|weekly|monthly|yearly)\b/m.exec(defaults)?.[1];
  const maxAge = /^\s*maxage\s+(\d+)/m.exec(body)?.[1];
  if (count === undefined || period === undefined) return undefined;
  const kept = Number(count) < 0 ? Number.POSITIVE_INFINITY : Number(count) * (PERIOD_DAYS[period] ?? 0);
  return Math.min(kept, maxAge === undefined ? Number.POSITIVE_INFINITY : Number(maxAge));
}
