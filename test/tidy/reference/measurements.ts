import type { FieldSpec, MeasurementSpec } from '../../../contract/measurement.ts';
import { measurements } from '../../../contract/measurements/index.ts';
import { markdownTable } from './markdown.ts';

/** Every measurement of the product with its tags, fields, units, class and retention. */
export function measurementsReference(): string {
  return Object.values<MeasurementSpec>(measurements).map(describeMeasurement).join('\n\n');
}

/** The measurements that one collector sends. */
export function collectorReference(...names: readonly (keyof typeof measurements)[]): string {
  return names.map((name) => describeMeasurement(measurements[name])).join('\n\n');
}

/** One measurement with its tags and fields. */
export function describeMeasurement(spec: MeasurementSpec): string {
  const tags = Object.entries(spec.tags).map(([name, { en, zh }]) => [`\`${name}\``, en, zh]);
  const fields = Object.entries<FieldSpec>(spec.fields).map(([name, field]) => [
    `\`${name}\``,
    field.kind === undefined ? field.type : `${field.type}, ${field.kind}`,
    field.unit ?? '',
    field.dataClass ?? spec.dataClass,
    field.en,
    field.zh,
  ]);
  return [
    `## ${spec.name}`,
    `${spec.en}. ${spec.zh}。 Data class \`${spec.dataClass}\`, retention class \`${spec.retention}\`.`,
    ...(tags.length > 0 ? [markdownTable(['tag', 'English', '中文'], tags)] : []),
    markdownTable(['field', 'type', 'unit', 'data class', 'English', '中文'], fields),
  ].join('\n\n');
}
