import type { ErasedSubject, FieldTypes } from '../store.ts';
import { encodeName, encodeTagValue } from './influx-names.ts';
import type { InfluxQuery, QuerySeries } from './influx-query.ts';
import { quoteName, quoteString } from './influxql.ts';

/** Points that are looked for at once among the text fields. */
const PAGE = 1000;

interface EraseFrom {
  query: InfluxQuery;
  types: FieldTypes;
  /** True for 1.x, which drops a series with its names; 2.x only deletes its points. */
  drops: boolean;
}

/** Deletes a subject's series, and points whose text fields hold it. */
export async function eraseFromInflux(from: EraseFrom, subject: ErasedSubject): Promise<void> {
  if (!('text' in subject)) {
    await deleteWhere(from, [...from.types.keys()], [tagIs('site', subject.site), tagIs('device', subject.device)]);
    return;
  }
  for (const { name, values } of await from.query.run('SHOW TAG KEYS')) {
    for (const [key] of values) await deleteWhere(from, [name ?? ''], [tagIs(String(key), subject.text)]);
  }
  for (const [measurement, fields] of from.types) {
    for (const [field, type] of fields) {
      if (type === 'string') await deleteTexts(from.query, { measurement, field, text: subject.text });
    }
  }
}

async function deleteWhere({ query, drops }: EraseFrom, measurements: string[], conditions: string[]): Promise<void> {
  const statement = drops ? 'DROP SERIES' : 'DELETE';
  for (const measurement of measurements) {
    await query.run(`${statement} FROM ${quoteName(measurement)} WHERE ${conditions.join(' AND ')}`);
  }
}

/** InfluxQL deletes by tags and time alone, so the points with such a text are found first. */
async function deleteTexts(
  query: InfluxQuery,
  { measurement, field, text }: { measurement: string; field: string; text: string },
): Promise<void> {
  const name = `${quoteName(encodeName(field))}::field`;
  const pattern = text.replaceAll(/[^A-Za-z0-9]/g, '\\$&');
  const find = `SELECT ${name} FROM ${quoteName(measurement)} WHERE ${name} =~ /${pattern}/ GROUP BY * LIMIT ${PAGE}`;
  while (true) {
    const found = await query.run(find);
    if (found.length === 0) return;
    for (const series of found) {
      for (const moment of momentsOf(series)) {
        const where = [...Object.entries(series.tags ?? {}).map(([tag, value]) => tagIs(tag, value, true)), moment];
        await query.run(`DELETE FROM ${quoteName(measurement)} WHERE ${where.join(' AND ')}`);
      }
    }
  }
}

function momentsOf({ columns, values }: QuerySeries): string[] {
  const time = columns.indexOf('time');
  return values.map((row) => `time = ${quoteString(new Date(Number(row[time])).toISOString())}`);
}

/** @param encoded true for a name and value as the server has told them */
function tagIs(tag: string, value: string, encoded = false): string {
  return `${quoteName(tag)} = ${quoteString(encoded ? value : encodeTagValue(value))}`;
}
