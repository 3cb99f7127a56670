/** The bounds of a value axis, whole multiples of its step. */
export interface AxisBounds {
  min: number;
  max: number;
  interval: number;
}

/** Steps that people read easily, as multiples of a power of ten. */
const STEPS = [1, 2, 2.5, 5, 10];
/** Lines of the grid that fit a chart, about. */
const LINES = 4;

/**
 * Bounds that hold all values between `-bottom` and `top` on a round step.
 * @param bottom how far values reach below zero, as a positive number
 */
export function axisBounds(top: number, bottom: number): AxisBounds {
  const interval = roundStep((top + bottom) / LINES);
  return { min: roundUp(bottom, interval) * -1 || 0, max: Math.max(roundUp(top, interval), interval), interval };
}

/**
 * Bounds on a round step around values that do not begin at zero, such as a signal in dBm.
 * @param lowest of all values
 * @param highest of all values
 */
export function boundsAround(lowest: number, highest: number): AxisBounds {
  const interval = roundStep((highest - lowest) / LINES);
  const min = Math.floor(lowest / interval) * interval;
  return { min, max: Math.max(Math.ceil(highest / interval) * interval, min + interval), interval };
}

/** The least round step that is not below `step`. */
function roundStep(step: number): number {
  if (step <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(step));
  return (STEPS.find((multiple) => multiple * power >= step * 0.999) ?? 10) * power;
}

function roundUp(value: number, step: number): number {
  return Math.ceil((value / step) * 0.999) * step;
}

/** A new device's chart is at least this wide: fractions of the whole range. */
const NARROWEST = 2 / 15;

/**
 * The time that a chart shows, ms. A device that was first seen within the range has nothing before: its chart begins there.
 * @param firstSeen when the device first reported; undefined when not known
 */
export function chartSpan(now: number, lengthMs: number, firstSeen: number | undefined): { from: number; to: number } {
  const shown =
    firstSeen === undefined ? lengthMs : Math.min(lengthMs, Math.max(now - firstSeen, lengthMs * NARROWEST));
  return { from: now - shown, to: now };
}
