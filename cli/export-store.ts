import { createWriteStream, renameSync, rmSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CampusError } from '../contract/errors.ts';
import { openAdmin } from '../gateway/admin.ts';
import {
  type ExportParameters,
  type ExportQuery,
  exportFileName,
  exportStoppedStore,
  parseExportParameters,
} from '../gateway/offline.ts';
import type { Home } from '../runtime/home.ts';
import { readRunning } from '../runtime/running.ts';
import { GatewayClient } from './gateway-client.ts';
import { noteInAudit } from './note-in-audit.ts';
import { cliActor } from './with-admin.ts';

export interface Exported {
  rows: number;
  bytes: number;
}

/**
 * Writes points of a home, whose gateway runs or not, to a file that does not exist: whole or not at all.
 * @throws CampusError of the gateway or of `exportStoppedStore`; the signal's reason
 */
export async function exportTo(
  file: string,
  parameters: ExportParameters,
  { home, signal }: { home: Home; signal: AbortSignal },
): Promise<Exported> {
  const query = parse(parameters);
  const running = readRunning(home.gatewayDir);
  if (running?.url !== undefined) return exportByGateway(file, parameters, { home, signal, url: running.url });
  const result = await exportStoppedStore(home, query, file, signal);
  noteInAudit(
    home,
    'store.export',
    query.measurement,
    `${exportFileName(query)}, ${result.rows} rows, ${result.bytes} bytes`,
  );
  return result;
}

/** What is wrong with a parameter is told by the option's name. */
function parse(parameters: ExportParameters): ExportQuery {
  try {
    return parseExportParameters(parameters);
  } catch (error) {
    if (!(error instanceof CampusError)) throw error;
    throw new CampusError(error.code, error.message.replace(/^querystring\//, '--'), { cause: error });
  }
}

async function exportByGateway(
  file: string,
  parameters: ExportParameters,
  { home, signal, url }: { home: Home; signal: AbortSignal; url: string },
): Promise<Exported> {
  const admin = openAdmin(home, { now: Date.now, actor: cliActor() });
  const gateway = new GatewayClient(url, admin);
  const partial = `${file}.partial`;
  try {
    const response = await gateway.request('GET', `export?${queryString(parameters)}`, { signal });
    const body = response.body === null ? Readable.from([]) : Readable.fromWeb(response.body);
    const written = createWriteStream(partial, { mode: 0o600, flush: true });
    await pipeline(body, written, { signal });
    renameSync(partial, file);
    return { rows: Number(response.headers.get('x-row-count')), bytes: written.bytesWritten };
  } finally {
    rmSync(partial, { force: true });
    gateway.end();
    admin.close();
  }
}

function queryString({ measurement, from, to, format, field, site, device }: ExportParameters): string {
  const query = new URLSearchParams({ measurement, from, to, ...(format === undefined ? {} : { format }) });
  for (const [name, values] of Object.entries({ field, site, device })) {
    for (const value of [values ?? []].flat()) query.append(name, value);
  }
  return query.toString();
}
