import type { FieldValue } from '../../../contract/telemetry.ts';
import type {
  Batch,
  FieldType,
  FieldTypes,
  LatestQuery,
  Point,
  Series,
  SeriesQuery,
  SeriesResult,
  Store,
} from '../store.ts';
import { InfluxClient, type InfluxTarget, type QuerySeries } from './influx-client.ts';
import { latestInfluxQl, newestInfluxQl, quoteName, quoteString, seriesInfluxQl } from './influxql.ts';

/** How far back `latest` looks from a measurement's newest point. */
const LATEST_WINDOW_MS = 24 * 3600 * 1000;

/** InfluxDB's names for types, as `SHOW FIELD KEYS` gives them. */
const fieldTypes: Record<string, FieldType> = {
  float: 'number',
  integer: 'number',
  string: 'string',
  boolean: 'boolean',
};

/** InfluxDB over its 1.x API. It keeps no position: the spool does, and a batch written twice overwrites the same points. */
export class InfluxDbStore implements Store {
  readonly name = 'influxdb';
  readonly #client: InfluxClient;
  readonly #database: string;
  #databaseMade = false;

  constructor(target: InfluxTarget) {
    this.#client = new InfluxClient(target);
    this.#database = target.database;
  }

  async position(): Promise<undefined> {
    return undefined;
  }

  async write(batch: Batch): Promise<{ skipped: number }> {
    await this.#makeDatabase();
    if (batch.points.length === 0) return { skipped: 0 };
    try {
      return { skipped: await this.#client.write(batch.points) };
    } catch (error) {
      // Somebody may have dropped the database: the next attempt makes it again, where it is missing.
      this.#databaseMade = false;
      throw error;
    }
  }

  async fieldTypes(): Promise<FieldTypes> {
    await this.#makeDatabase();
    const types: FieldTypes = new Map();
    for (const { name, values } of await this.#client.query('SHOW FIELD KEYS')) {
      const fields = values.map(([field, type]): [string, FieldType] => [
        String(field),
        fieldTypes[String(type)] ?? 'number',
      ]);
      types.set(name ?? '', new Map(fields));
    }
    return types;
  }

  async latest(query: LatestQuery): Promise<Point[]> {
    await this.#makeDatabase();
    const measurements = query.measurement === undefined ? [...(await this.fieldTypes()).keys()] : [query.measurement];
    const points: Point[] = [];
    for (const measurement of measurements) {
      const [newest] = await this.#client.query(newestInfluxQl(measurement));
      const time = Number(newest?.values[0]?.[0] ?? Number.NaN);
      if (Number.isNaN(time)) continue;
      const series = await this.#client.query(latestInfluxQl(measurement, query, time - LATEST_WINDOW_MS));
      points.push(...series.map((one) => pointOf(measurement, one)));
    }
    return points;
  }

  async series(query: SeriesQuery): Promise<SeriesResult> {
    await this.#makeDatabase();
    const answer = await this.#client.query(seriesInfluxQl(query));
    const series: Series[] = [];
    let room = query.limit;
    let truncated = false;
    for (const { tags, values } of answer) {
      const points = values
        .filter(([, value]) => value !== null)
        .map(([time, value]): [number, FieldValue] => [Number(time), value as FieldValue]);
      truncated ||= points.length > room;
      if (room > 0 && points.length > 0) series.push({ tags: tags ?? {}, points: points.slice(0, room) });
      room -= Math.min(room, points.length);
    }
    return { series, truncated };
  }

  async deleteOlderThan(measurement: string, before: number): Promise<void> {
    const time = quoteString(new Date(before).toISOString());
    await this.#client.query(`DELETE FROM ${quoteName(measurement)} WHERE time < ${time}`);
  }

  /** Makes the database at the first use; an account that may not is taken to have been given an existing one. */
  async #makeDatabase(): Promise<void> {
    if (this.#databaseMade) return;
    try {
      await this.#client.query(`CREATE DATABASE ${quoteName(this.#database)}`);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.includes('authoriz')) throw error;
    }
    this.#databaseMade = true;
  }

  async close(): Promise<void> {
    // Every request is its own; there is no connection to end.
  }
}

function pointOf(measurement: string, { tags, columns, values }: QuerySeries): Point {
  const { site = '', device = '', ...rest } = tags ?? {};
  const point: Point = { site, device, measurement, tags: dropEmpty(rest), fields: {}, time: 0 };
  for (const [index, column] of columns.entries()) {
    const value = values[0]?.[index];
    if (column === 'time') point.time = Number(value);
    else if (value !== null && value !== undefined) point.fields[column] = value as FieldValue;
  }
  return point;
}

/** InfluxDB answers a tag that a series lacks with an empty text. */
function dropEmpty(tags: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).filter(([, value]) => value !== ''));
}
