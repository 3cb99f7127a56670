import type { Point } from '../api/schema.ts';

/** Interfaces that carry a device's traffic to others, and those that only pass it on inside. */
export interface SplitInterfaces {
  main: Point[];
  others: Point[];
}

const PHYSICAL = ['ethernet', 'wifi', 'cellular'];

/**
 * Splits the `network` points of one device: physical interfaces first. A container or a virtual machine may have none;
 * then every interface but loopback counts, so that the page is not empty where traffic is.
 */
export function splitInterfaces(points: readonly Point[]): SplitInterfaces {
  const physical = points.filter(isPhysical);
  const main = physical.length > 0 ? physical : points.filter((point) => point.tags['kind'] !== 'loopback');
  return { main, others: points.filter((point) => !main.includes(point)) };
}

function isPhysical(point: Point): boolean {
  const virtual = point.fields['virtual'];
  if (typeof virtual === 'boolean') return !virtual;
  return PHYSICAL.includes(point.tags['kind'] ?? '');
}
