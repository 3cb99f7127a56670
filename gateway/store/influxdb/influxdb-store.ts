import type { FieldValue } from '../../../contract/telemetry.ts';
import { checkAggregate } from '../aggregate.ts';
import { authorization, readCredentials } from '../credentials.ts';
import { FieldTypeCache } from '../field-type-cache.ts';
import { historyPage } from '../history.ts';
import { LineWriter } from '../line-writer.ts';
import { Server } from '../server.ts';
import {
  type Batch,
  type ErasedSubject,
  type FieldType,
  type FieldTypes,
  type HistoryPage,
  type HistoryQuery,
  LATEST_WINDOW_MS,
  type LatestQuery,
  type Point,
  type Series,
  type SeriesQuery,
  type SeriesResult,
  type Store,
  type StoreNeeds,
} from '../store.ts';
import { checkInflux, type InfluxCheck } from './influx-check.ts';
import { eraseFromInflux } from './influx-erase.ts';
import { readRows } from './influx-history.ts';
import { decodeName, decodeTags, encodePoint, encodeTagValue } from './influx-names.ts';
import { InfluxQuery, type QuerySeries } from './influx-query.ts';
import { type InfluxApi, type InfluxTarget, influxApi } from './influx-target.ts';
import { latestInfluxQl, newestInfluxQl, quoteName, quoteString, seriesInfluxQl } from './influxql.ts';

/** InfluxDB's names for types, as `SHOW FIELD KEYS` gives them. */
const fieldTypes: Record<string, FieldType> = {
  float: 'number',
  integer: 'number',
  string: 'string',
  boolean: 'boolean',
};

/**
 * InfluxDB 1.x, 2.x or 3: line protocol in, InfluxQL out. It keeps no position: the spool does, and a batch written twice overwrites
 * the same points.
 */
export class InfluxDbStore implements Store {
  readonly name = 'influxdb';
  readonly #api: InfluxApi;
  readonly #writer: LineWriter;
  readonly #query: InfluxQuery;
  readonly #check: InfluxCheck;
  readonly #types = new FieldTypeCache(() => this.#loadTypes());
  #checked = false;

  /** @throws CampusError `store_misconfigured` when the file with its secret cannot be read */
  constructor(target: InfluxTarget, needs: StoreNeeds) {
    this.#api = influxApi(target);
    const { title, tokenScheme, writePath, queryScope } = this.#api;
    const { url, version, database, org = '' } = target;
    const headers = authorization(readCredentials(target.credentials), tokenScheme);
    const server = new Server({ name: title, url, headers });
    this.#writer = new LineWriter({
      name: server.name,
      url,
      ...(writePath === undefined ? {} : { path: writePath }),
      ...(version === 2 ? { bucket: { org, bucket: database } } : {}),
      headers,
      escapeBackslashes: encodeTagValue,
    });
    this.#query = new InfluxQuery(server, queryScope);
    this.#check = { target, server, query: this.#query, needs };
  }

  async check(): Promise<string[]> {
    const notes = await checkInflux(this.#check);
    this.#checked = true;
    return notes;
  }

  async position(): Promise<undefined> {
    return undefined;
  }

  async write({ points }: Batch): Promise<{ skipped: number }> {
    // The server may have been away at the start, or be a new one since.
    if (!this.#checked) await this.check();
    try {
      const skipped = await this.#writer.write(points.map(encodePoint));
      this.#types.wrote(points);
      return { skipped };
    } catch (error) {
      // Somebody may have dropped the database: the next attempt looks again, and makes it where that is possible.
      this.#checked = false;
      throw error;
    }
  }

  merge(batch: Batch): Promise<{ skipped: number }> {
    return this.write(batch);
  }

  fieldTypes(): Promise<FieldTypes> {
    return this.#types.refresh();
  }

  async latest(query: LatestQuery): Promise<Point[]> {
    const measurements = query.measurement === undefined ? [...(await this.fieldTypes()).keys()] : [query.measurement];
    const points: Point[] = [];
    for (const measurement of measurements) {
      const [newest] = await this.#query.run(newestInfluxQl(measurement));
      const time = Number(newest?.values[0]?.[0] ?? Number.NaN);
      if (Number.isNaN(time)) continue;
      const series = await this.#query.run(latestInfluxQl(measurement, query, time - LATEST_WINDOW_MS));
      points.push(...series.map((one) => pointOf(measurement, one)));
    }
    return points;
  }

  async series(query: SeriesQuery): Promise<SeriesResult> {
    const type = await this.#types.typeOf(query.measurement, query.field);
    if (type === undefined) return { series: [], truncated: false };
    checkAggregate(query, type);
    const answer = await this.#query.run(seriesInfluxQl(query));
    const series: Series[] = [];
    let room = query.limit;
    let truncated = false;
    for (const { tags, values } of answer) {
      const points = values
        .filter(([, value]) => value !== null)
        .map(([time, value]): [number, FieldValue] => [Number(time), value as FieldValue]);
      truncated ||= points.length > room;
      if (room > 0 && points.length > 0) series.push({ tags: decodeTags(tags ?? {}), points: points.slice(0, room) });
      room -= Math.min(room, points.length);
    }
    return { series, truncated };
  }

  async read(query: HistoryQuery): Promise<HistoryPage> {
    return historyPage(query, await readRows(this.#query, query.measurement));
  }

  async deleteOlderThan(measurement: string, before: number): Promise<void> {
    if (!this.#api.deletes) return;
    const time = quoteString(new Date(before).toISOString());
    await this.#query.run(`DELETE FROM ${quoteName(measurement)} WHERE time < ${time}`);
  }

  async erase(subject: ErasedSubject): Promise<{ note?: string }> {
    if (!this.#api.deletes) {
      return {
        note: `${this.#api.title} deletes by its retention period alone: drop the database there, or wait for it`,
      };
    }
    const types = await this.#types.refresh();
    await eraseFromInflux({ query: this.#query, types, drops: this.#api.drops }, subject);
    this.#types.clear();
    return {};
  }

  async close(): Promise<void> {
    // Every request is its own; there is no connection to end.
  }

  async #loadTypes(): Promise<FieldTypes> {
    const types: FieldTypes = new Map();
    for (const { name, values } of await this.#query.run('SHOW FIELD KEYS')) {
      const fields = values.map(([field, type]): [string, FieldType] => [
        decodeName(String(field)),
        fieldTypes[String(type)] ?? 'number',
      ]);
      types.set(name ?? '', new Map(fields));
    }
    return types;
  }
}

function pointOf(measurement: string, { tags, columns, values }: QuerySeries): Point {
  const { site = '', device = '', ...rest } = decodeTags(tags ?? {});
  const point: Point = { site, device, measurement, tags: rest, fields: {}, time: 0 };
  for (const [index, column] of columns.entries()) {
    const value = values[0]?.[index];
    if (column === 'time') point.time = Number(value);
    else if (value !== null && value !== undefined) point.fields[decodeName(column)] = value as FieldValue;
  }
  return point;
}
