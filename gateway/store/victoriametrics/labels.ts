import type { FieldTypes, Point } from '../store.ts';

/**
 * How points lie in VictoriaMetrics. Every field is a series of its own, named as Prometheus users expect, `network_rx_bytes`; since
 * neither part of that name ends anywhere, the label `measurement` says where the field begins. VictoriaMetrics knows numbers alone:
 * booleans are 1 and 0 in series with the label `value_type="boolean"`, so that they come back as what they were; texts are left out.
 */
export const labels = { name: '__name__', measurement: 'measurement', type: 'value_type' } as const;

const BOOLEAN = 'boolean';

/** Labels that mean something here; a tag of such a name, or of one that looks like an escaped one, is escaped. */
const reserved = /^(tag_)*(__name__|measurement|value_type)$/;

/** The label of a tag. */
export function encodeLabel(tag: string): string {
  return reserved.test(tag) ? `tag_${tag}` : tag;
}

/** The name of a field's series. */
export function seriesName(measurement: string, field: string): string {
  return `${measurement}_${field}`;
}

/** The `value_type` label of a type; empty, as for a label that is absent, for numbers. */
export function typeLabel(type: 'number' | 'boolean'): string {
  return type === 'boolean' ? BOOLEAN : '';
}

/** One series of VictoriaMetrics: whose it is and which field. */
export interface FieldSeries {
  /** Site, device, measurement and tags, without fields and time. */
  point: Point;
  field: string;
  type: 'number' | 'boolean';
}

/** Reads a series' labels; undefined for a series that is none of ours. */
export function decodeLabels(metric: Readonly<Record<string, string>>): FieldSeries | undefined {
  const { [labels.name]: name = '', [labels.measurement]: measurement = '', [labels.type]: type, ...rest } = metric;
  const { site, device, ...encoded } = rest;
  if (site === undefined || device === undefined || !name.startsWith(`${measurement}_`)) return undefined;
  const tags: Record<string, string> = {};
  for (const [label, value] of Object.entries(encoded)) {
    tags[reserved.test(label) ? label.slice('tag_'.length) : label] = value;
  }
  return {
    point: { site, device, measurement, tags, fields: {}, time: 0 },
    field: name.slice(measurement.length + 1),
    type: type === BOOLEAN ? 'boolean' : 'number',
  };
}

/**
 * The points to write: tags as labels, numbers in one point, booleans in another. A value of another type than its field has, or of
 * none that is held here, is left out.
 * @param types the fields that are known; new ones are added
 */
export function encodePoints(points: readonly Point[], types: FieldTypes): { points: Point[]; skipped: number } {
  const encoded: Point[] = [];
  let skipped = 0;
  for (const point of points) {
    const numbers: Record<string, number> = {};
    const booleans: Record<string, number> = {};
    const known = fieldsOf(types, point.measurement);
    for (const [field, value] of Object.entries(point.fields)) {
      const type = known.get(field) ?? typeof value;
      if (typeof value !== type || typeof value === 'string') {
        skipped++;
        continue;
      }
      known.set(field, typeof value === 'number' ? 'number' : 'boolean');
      if (typeof value === 'number') numbers[field] = value;
      else booleans[field] = value ? 1 : 0;
    }
    const tags: Record<string, string> = { [labels.measurement]: point.measurement };
    for (const [key, value] of Object.entries(point.tags)) tags[encodeLabel(key)] = value;
    if (Object.keys(numbers).length > 0) encoded.push({ ...point, tags, fields: numbers });
    if (Object.keys(booleans).length > 0)
      encoded.push({ ...point, tags: { ...tags, [labels.type]: BOOLEAN }, fields: booleans });
  }
  return { points: encoded, skipped };
}

function fieldsOf(types: FieldTypes, measurement: string): NonNullable<ReturnType<FieldTypes['get']>> {
  const known = types.get(measurement) ?? new Map();
  types.set(measurement, known);
  return known;
}
