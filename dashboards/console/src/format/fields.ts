import type { Point } from '../api/schema.ts';

/** A number field of a point, or undefined: what is unknown is absent. */
export function numberField(point: Point | undefined, field: string): number | undefined {
  const value = point?.fields[field];
  return typeof value === 'number' ? value : undefined;
}

/** A text field of a point, or undefined. */
export function textField(point: Point | undefined, field: string): string | undefined {
  const value = point?.fields[field];
  return typeof value === 'string' ? value : undefined;
}

/** The sum of a number field over points; undefined when none has it. */
export function sumField(points: readonly Point[], field: string): number | undefined {
  const values = points.map((point) => numberField(point, field)).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}
