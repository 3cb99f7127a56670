import { chmodSync, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDbOptions } from './default-options.ts';
import { quoteText } from './quote.ts';

/** A file is made anew when more than this part of it is free, and it is at least so large: less is used again soon. */
const FREE_SHARE = 0.5;
const WORTHWHILE_BYTES = 64 * 1024 * 1024;

/**
 * Opens a DuckDB file that no other process may have open, and gives back to the disk what was deleted from it: DuckDB itself only
 * uses that room again.
 * @throws Error of DuckDB, which `openFailure` explains
 */
export async function openInstance(path: string, options: DuckDbOptions): Promise<DuckDBInstance> {
  const instance = await create(path, options);
  chmodSync(path, 0o600);
  if (!(await isWorthCompacting(instance, path))) return instance;
  await compact(instance, path);
  return create(path, options);
}

function create(path: string, { memory_limit_mb, threads }: DuckDbOptions): Promise<DuckDBInstance> {
  return DuckDBInstance.create(path, { memory_limit: `${memory_limit_mb}MB`, threads: String(threads) });
}

async function isWorthCompacting(instance: DuckDBInstance, path: string): Promise<boolean> {
  if (statSync(path).size < WORTHWHILE_BYTES) return false;
  const connection = await instance.connect();
  const [row] = (
    await connection.runAndReadAll('SELECT total_blocks, free_blocks FROM pragma_database_size()')
  ).getRows();
  connection.closeSync();
  return Number(row?.[1] ?? 0) > Number(row?.[0] ?? 0) * FREE_SHARE;
}

/** Copies everything into a new file that then takes the old one's place; whenever that is interrupted, the old one is still whole. */
async function compact(instance: DuckDBInstance, path: string): Promise<void> {
  const fresh = `${path}.compact`;
  for (const leftover of [fresh, `${fresh}.wal`]) rmSync(leftover, { force: true });
  const connection = await instance.connect();
  const [row] = (await connection.runAndReadAll('SELECT current_database()')).getRows();
  await connection.run('CHECKPOINT');
  await connection.run(`ATTACH ${quoteText(fresh)} AS compacted`);
  await connection.run(`COPY FROM DATABASE "${String(row?.[0])}" TO compacted`);
  await connection.run('DETACH compacted');
  connection.closeSync();
  instance.closeSync();
  chmodSync(fresh, 0o600);
  renameSync(fresh, path);
  if (existsSync(`${path}.wal`)) rmSync(`${path}.wal`);
}
