import { CampusError } from '../../contract/errors.ts';
import type { ExportFormat, ExportQuery } from '../store/export-query.ts';
import { parseMoment } from './series-query.ts';

/** What the URL, or a command line, says; each part checked for its length only. */
export interface ExportParameters {
  measurement: string;
  from: string;
  to: string;
  format?: ExportFormat;
  field?: string | string[];
  site?: string | string[];
  device?: string | string[];
}

/**
 * Reads the parameters of an export.
 * @throws CampusError `request_invalid` that names the parameter
 */
export function parseExportParameters(parameters: ExportParameters): ExportQuery {
  const { measurement, format = 'csv' } = parameters;
  const from = parseMoment('from', parameters.from);
  const to = parseMoment('to', parameters.to);
  if (from >= to) {
    throw new CampusError('request_invalid', `querystring/from: expected a moment before to (${to}), got ${from}`);
  }
  const list = (value: string | string[] = []): string[] => [value].flat();
  const { field, site, device } = parameters;
  return { measurement, from, to, format, fields: list(field), sites: list(site), devices: list(device) };
}

/** A name for the file: `network-20260301T000000Z-20260302T000000Z.csv`. */
export function exportFileName({ measurement, from, to, format }: ExportQuery): string {
  const moment = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  return `${measurement}-${moment(from)}-${moment(to)}.${format}`;
}
