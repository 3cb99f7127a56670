import {
  DOUBLE,
  DuckDBDataChunk,
  DuckDBInstance,
  DuckDBTimestampMillisecondsValue,
  type DuckDBValue,
  INTEGER,
  TIMESTAMP_MS,
} from '@duckdb/node-api';
import { PooledValues } from '../load/field-values.ts';
import { metricNames } from '../load/machine-metrics.ts';

/** DuckDB's vector size. */
const CHUNK_ROWS = 2048;
/** Chunks of each table in one transaction: with five tables, some 10,000 messages' rows at most. */
const CHUNKS_PER_COMMIT = 2;
const FIELDS = 6;
/** Of the first row; each further row is a millisecond later. */
const FIRST_TIME = Date.UTC(2026, 0, 1);
const TYPES = [TIMESTAMP_MS, INTEGER, ...Array.from({ length: FIELDS }, () => DOUBLE)];

/** Chunks of values made beforehand, which are appended in turn. */
const PREPARED = 16;
const DEVICES = 50;

/**
 * Appends rows as the messages of `ingest` have them to one table per metric, in transactions, and nothing else: no message is read, the
 * values are made beforehand, there is no index and no key.
 * @param seconds how long to append
 * @returns rows committed a second
 */
export async function appendRaw(path: string, seconds: number): Promise<number> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  const columns = Array.from({ length: FIELDS }, (_, index) => `f${index} DOUBLE`).join(', ');
  for (const name of metricNames) {
    await connection.run(`CREATE TABLE ${name} ("time" TIMESTAMP_MS NOT NULL, "series" INTEGER NOT NULL, ${columns})`);
  }
  const prepared = Array.from({ length: PREPARED }, (_, index) => valueColumns(index));
  const startedAt = performance.now();
  let chunks = 0;
  while (performance.now() - startedAt < seconds * 1000) {
    await connection.run('BEGIN TRANSACTION');
    for (const name of metricNames) {
      const appender = await connection.createAppender(name);
      for (let count = 0; count < CHUNKS_PER_COMMIT; count++) {
        appender.appendDataChunk(chunkOf(chunks, prepared[chunks % PREPARED] ?? []));
        chunks++;
      }
      appender.closeSync();
    }
    await connection.run('COMMIT');
  }
  const rate = (chunks * CHUNK_ROWS * 1000) / (performance.now() - startedAt);
  connection.closeSync();
  instance.closeSync();
  return rate;
}

function chunkOf(number: number, columns: readonly DuckDBValue[][]): DuckDBDataChunk {
  const chunk = DuckDBDataChunk.create(TYPES, CHUNK_ROWS);
  const start = FIRST_TIME + number * CHUNK_ROWS;
  const times = Array.from(
    { length: CHUNK_ROWS },
    (_, row) => new DuckDBTimestampMillisecondsValue(BigInt(start + row)),
  );
  for (const [index, column] of [times, ...columns].entries()) chunk.setColumnValues(index, column);
  return chunk;
}

/** The columns after the time: the series and the fields. */
function valueColumns(number: number): DuckDBValue[][] {
  const pools = Array.from({ length: DEVICES }, (_, device) => new PooledValues(device));
  const sequence = (row: number): number => Math.floor((number * CHUNK_ROWS + row) / DEVICES);
  const rows = Array.from({ length: CHUNK_ROWS }, (_, row) => row);
  const fields = Array.from({ length: FIELDS }, (_, field) =>
    rows.map((row) => Number(pools[row % DEVICES]?.at(field, sequence(row)))),
  );
  return [rows.map((row) => row % DEVICES), ...fields];
}
