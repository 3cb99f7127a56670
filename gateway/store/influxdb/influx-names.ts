import type { Point } from '../store.ts';

/** Names that InfluxDB keeps for itself: a field `time` is dropped in silence, a tag of these names refuses its point. */
const reserved = /^(time|_time|_field|_measurement)_*$/;

/** A tag or field name as InfluxDB takes it: a reserved one, or one that looks like an escaped one, gets an underscore more. */
export function encodeName(name: string): string {
  return reserved.test(name) ? `${name}_` : name;
}

/** The name that was encoded. */
export function decodeName(name: string): string {
  return reserved.test(name) && name.endsWith('_') ? name.slice(0, -1) : name;
}

/** A point whose names InfluxDB takes: itself, nearly always. */
export function encodePoint(point: Point): Point {
  const names = [...Object.keys(point.tags), ...Object.keys(point.fields)];
  if (!names.some((name) => reserved.test(name))) return point;
  return { ...point, tags: encodeKeys(point.tags), fields: encodeKeys(point.fields) };
}

/**
 * Follows a backslash that ends a tag's value: the line would go on in what follows, and InfluxDB has no escape for it. Values on
 * the wire hold no control characters, so this one (unit separator) means nothing else.
 */
const GUARD = '\u001f';

/** A tag's value in line protocol and in InfluxQL. */
export function encodeTagValue(value: string): string {
  return value.endsWith('\\') ? value + GUARD : value;
}

export function decodeTagValue(value: string): string {
  return value.endsWith(`\\${GUARD}`) ? value.slice(0, -1) : value;
}

/** Tags of an answer: decoded, and without those that a series lacks, which InfluxDB answers with an empty text. */
export function decodeTags(tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tags)
      .filter(([, value]) => value !== '')
      .map(([key, value]) => [decodeName(key), decodeTagValue(value)]),
  );
}

function encodeKeys<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [encodeName(key), value]));
}
