import type { MeasurementSpec } from '../../../contract/measurement.ts';
import { measurements } from '../../../contract/measurements/index.ts';
import { configurationRows } from './configuration.ts';
import { markdownTable } from './markdown.ts';
import { describeMeasurement } from './measurements.ts';

/** What a collector sends and what it can be told: the part of its page that is made from the code. */
export function collectorReference(name: keyof typeof measurements): string {
  const spec: MeasurementSpec = measurements[name];
  const keys = configurationRows(`agent.collectors.${name}.`);
  return [describeMeasurement(spec), '## Keys', markdownTable(['key', 'type', 'default', 'meaning'], keys)].join(
    '\n\n',
  );
}
