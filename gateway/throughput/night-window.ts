/** A part of each day, which may go over midnight. Minutes after midnight, local time. */
export interface NightWindow {
  from: number;
  to: number;
}

const DAY_MINUTES = 24 * 60;

/** Parses `22:00-05:00`. @returns undefined when it is none, or has no length */
export function parseNightWindow(text: string): NightWindow | undefined {
  const match = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (match === null) return undefined;
  const [fromHours, fromMinutes, toHours, toMinutes] = match.slice(1).map(Number) as [number, number, number, number];
  const window = { from: fromHours * 60 + fromMinutes, to: toHours * 60 + toMinutes };
  return window.from === window.to ? undefined : window;
}

/** How long a window is, minutes. */
export function windowMinutes({ from, to }: NightWindow): number {
  return (to - from + DAY_MINUTES) % DAY_MINUTES;
}

/**
 * When the window that holds a moment began, ms; undefined outside of it. On the night of a change to summer time it is an hour off.
 * @param now ms since 1970
 */
export function windowStart(window: NightWindow, now: number): number | undefined {
  const local = new Date(now);
  const minute = local.getHours() * 60 + local.getMinutes();
  const since = (minute - window.from + DAY_MINUTES) % DAY_MINUTES;
  if (since >= windowMinutes(window)) return undefined;
  return now - since * 60_000 - local.getSeconds() * 1000 - local.getMilliseconds();
}
