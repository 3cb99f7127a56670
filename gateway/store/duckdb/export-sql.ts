import type { ExportFormat, ExportQuery } from '../export-query.ts';
import type { FieldType } from '../store.ts';
import type { Table } from './catalog.ts';
import { quoteIdentifier, quoteText } from './quote.ts';

/** The table with the wanted series: `id`, `site`, `device` and `tag_0`, `tag_1` … */
export const SERIES_TABLE = 'export_series';

/** One column of an export: its name in the file and what it is read from. */
export interface ExportColumn {
  name: string;
  sql: string;
  type: FieldType | 'time';
}

/**
 * What a spreadsheet may take for the beginning of a formula (OWASP CSV Injection), half and full width, and the apostrophe that
 * makes it a text, so that taking one apostrophe away gives back every text as it was.
 */
const FORMULA = "^['=+\\-@\\t\\r\\n＝＋－＠]";
const looksLikeFormula = new RegExp(FORMULA);

/**
 * The columns of an export in their order: time, site, device, tags by name, fields in the order of their first arrival. Names that differ
 * from none before but in case get a number: neither DuckDB nor Parquet tells those apart.
 * @param tagKeys the tag keys, in the order of the columns `tag_0` …
 */
export function exportColumns(table: Table, tagKeys: readonly string[], { fields }: ExportQuery): ExportColumn[] {
  const taken = new Set<string>();
  const named = (name: string, sql: string, type: ExportColumn['type']): ExportColumn => {
    let free = name;
    for (let number = 2; taken.has(free.toLowerCase()); number++) free = `${name}_${number}`;
    taken.add(free.toLowerCase());
    return { name: free, sql, type };
  };
  return [
    named('time', 'points."time"', 'time'),
    named('site', 'series.site', 'string'),
    named('device', 'series.device', 'string'),
    ...tagKeys.map((key, index) => named(key, `series.tag_${index}`, 'string')),
    ...table.columns
      .filter(({ field }) => fields.length === 0 || fields.includes(field))
      .map(({ field, column, type }) => named(field, `points.${quoteIdentifier(column)}`, type)),
  ];
}

/**
 * The statement that writes the file. Parquet holds every value as it is, times as TIMESTAMP in UTC. CSV (RFC 4180, UTF-8, with a heading) has
 * times as ISO 8601 in UTC and texts that no spreadsheet takes for a formula.
 */
export function exportSql({
  table,
  columns,
  query,
  path,
}: {
  table: string;
  columns: readonly ExportColumn[];
  query: Pick<ExportQuery, 'from' | 'to' | 'format' | 'fields'>;
  path: string;
}): string {
  const { from, to, format, fields } = query;
  const selected = columns.map((column) => selectedSql(column, format)).join(', ');
  // A row without any of the chosen fields is none that was asked for.
  const values = columns.filter(({ sql }) => sql.startsWith('points."') && sql !== 'points."time"');
  const anyValue = fields.length === 0 ? '' : `AND (${values.map(({ sql }) => `${sql} IS NOT NULL`).join(' OR ')})`;
  return `COPY (
    SELECT ${selected}
    FROM ${quoteIdentifier(table)} AS points JOIN temp.${SERIES_TABLE} AS series ON points."series" = series.id
    WHERE points."time" >= make_timestamp_ms(${from}) AND points."time" < make_timestamp_ms(${to}) ${anyValue}
    ORDER BY points."time", points."series"
  ) TO ${quoteText(path)} (${format === 'parquet' ? 'FORMAT parquet, COMPRESSION zstd' : 'FORMAT csv, HEADER true'})`;
}

function selectedSql({ name, sql, type }: ExportColumn, format: ExportFormat): string {
  if (format === 'parquet') return `${sql} AS ${quoteIdentifier(name)}`;
  const heading = quoteIdentifier(looksLikeFormula.test(name) ? `'${name}` : name);
  if (type === 'time') return `strftime(${sql}, '%Y-%m-%dT%H:%M:%S.%gZ') AS ${heading}`;
  if (type !== 'string') return `${sql} AS ${heading}`;
  return `CASE WHEN regexp_matches(${sql}, ${quoteText(FORMULA)}) THEN '''' || ${sql} ELSE ${sql} END AS ${heading}`;
}
