import type { Language } from './number.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "3 minutes ago", "now"; what lies ahead by clock differences is "now" too. */
export function formatRelative(time: number, now: number, language: Language): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' });
  const ago = Math.max(now - time, 0);
  if (ago < 5 * SECOND) return format.format(0, 'second');
  if (ago < MINUTE) return format.format(-Math.floor(ago / SECOND), 'second');
  if (ago < HOUR) return format.format(-Math.floor(ago / MINUTE), 'minute');
  if (ago < DAY) return format.format(-Math.floor(ago / HOUR), 'hour');
  return format.format(-Math.floor(ago / DAY), 'day');
}

/** Date and time to the second in the browser's zone. */
export function formatDateTime(time: number, language: Language): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' }).format(time);
}

/** Time of day in the browser's zone: to the second for a short span, to the minute for a long one. */
export function formatClock(time: number, language: Language, seconds: boolean): string {
  const options = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  return new Intl.DateTimeFormat(language, seconds ? { ...options, second: '2-digit' } : options).format(time);
}

/** Month and day in the browser's zone, for spans of several days. */
export function formatDay(time: number, language: Language): string {
  return new Intl.DateTimeFormat(language, { month: 'numeric', day: 'numeric' }).format(time);
}

/** The two largest units of a duration: "45 s", "3 min 20 s", "2 h 5 min", "12 d 3 h". */
export function formatDuration(seconds: number, language: Language): string {
  const whole = Math.max(Math.round(seconds), 0);
  const parts = [
    { count: Math.floor(whole / 86_400), unit: 'day' },
    { count: Math.floor(whole / 3600) % 24, unit: 'hour' },
    { count: Math.floor(whole / 60) % 60, unit: 'minute' },
    { count: whole % 60, unit: 'second' },
  ] as const;
  const first = parts.findIndex((part) => part.count > 0);
  if (first < 0) return unitText(0, 'second', language);
  return parts
    .slice(first, first + 2)
    .filter((part) => part.count > 0)
    .map((part) => unitText(part.count, part.unit, language))
    .join(' ');
}

function unitText(count: number, unit: 'day' | 'hour' | 'minute' | 'second', language: Language): string {
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short' }).format(count);
}
