import type { FieldValue } from '../../../contract/telemetry.ts';
import type { HistoryRows } from '../history.ts';
import { HISTORY_TIMEOUT_MS } from '../server.ts';
import type { Point } from '../store.ts';
import { decodeName, decodeTags } from './influx-names.ts';
import type { InfluxQuery } from './influx-query.ts';
import { type Columns, historyInfluxQl, quoteName } from './influxql.ts';

/** How rows of one measurement are read: its fields and tags must be known, for the answer does not tell them apart. */
export async function readRows(query: InfluxQuery, measurement: string): Promise<HistoryRows> {
  const names = async (statement: string): Promise<string[]> =>
    (await query.run(`${statement} FROM ${quoteName(measurement)}`)).flatMap(({ values }) =>
      values.map(([name]) => String(name)),
    );
  const columns: Columns = { fields: await names('SHOW FIELD KEYS'), tags: await names('SHOW TAG KEYS') };
  return {
    read: async (range, limit) => {
      if (columns.fields.length === 0) return [];
      const answer = await query.run(historyInfluxQl({ measurement, ...range }, columns, limit), HISTORY_TIMEOUT_MS);
      return answer.flatMap(({ values }) => values.map((row) => pointOf(measurement, columns, row)));
    },
  };
}

/** One row: time, then the fields, then the tags, with null for what the point does not have. */
function pointOf(measurement: string, { fields, tags }: Columns, [time, ...values]: readonly unknown[]): Point {
  const point: Point = { site: '', device: '', measurement, tags: {}, fields: {}, time: Number(time) };
  for (const [index, field] of fields.entries()) {
    const value = values[index];
    if (value !== null && value !== undefined) point.fields[decodeName(field)] = value as FieldValue;
  }
  const encoded: Record<string, string> = {};
  for (const [index, tag] of tags.entries()) {
    const value = values[fields.length + index];
    if (typeof value === 'string') encoded[tag] = value;
  }
  const { site = '', device = '', ...rest } = decodeTags(encoded);
  return { ...point, site, device, tags: rest };
}
