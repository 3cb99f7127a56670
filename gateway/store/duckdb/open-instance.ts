import { chmodSync, renameSync, rmSync, statSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDbOptions } from './default-options.ts';
import { quoteIdentifier, quoteText } from './quote.ts';

/** A file is made anew when more than this part of it is free, and it is at least so large: less is used again soon. */
const FREE_SHARE = 0.5;
const WORTHWHILE_BYTES = 64 * 1024 * 1024;
const COMPACTION_MEMORY = '512MB';

/** What DuckDB's allocator has no use for any more goes back to the machine within seconds, and not when it next has something to do. */
const THRIFTY = { allocator_background_threads: 'true', allocator_flush_threshold: '8MB' };

/**
 * Opens a DuckDB file that no other process may have open, and gives back to the disk what was deleted from it: DuckDB itself only
 * uses that room again.
 * @returns the open file, and a note where it could not be made smaller
 * @throws Error of DuckDB, which `openFailure` explains
 */
export async function openInstance(
  path: string,
  options: DuckDbOptions,
): Promise<{ instance: DuckDBInstance; note?: string }> {
  const instance = await create(path, options);
  chmodSync(path, 0o600);
  if (!(await isWorthCompacting(instance, path))) return { instance };
  try {
    await compact(instance, path);
  } catch (error) {
    // A large file that works is better than none; what lacked now, memory or disk, may be there at the next start.
    discard(path);
    // A checkpoint that failed on the way has made this instance useless.
    instance.closeSync();
    const note = `${path} could not be made smaller: ${(error as Error).message}`;
    return { instance: await create(path, options), note };
  }
  instance.closeSync();
  renameSync(compactFile(path), path);
  rmSync(`${path}.wal`, { force: true });
  return { instance: await create(path, options) };
}

function create(path: string, { memory_limit_mb, threads }: DuckDbOptions): Promise<DuckDBInstance> {
  return DuckDBInstance.create(path, { ...THRIFTY, memory_limit: `${memory_limit_mb}MB`, threads: String(threads) });
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

const compactFile = (path: string): string => `${path}.compact`;

/** Copies everything into a new file, which may then take the old one's place; that one is whole until then. */
async function compact(instance: DuckDBInstance, path: string): Promise<void> {
  discard(path);
  const connection = await instance.connect();
  try {
    const [row] = (await connection.runAndReadAll('SELECT current_database()')).getRows();
    // A wide table takes a row group of every column at once; nothing else runs yet that would need the memory.
    await connection.run(`SET memory_limit = '${COMPACTION_MEMORY}'`);
    await connection.run('CHECKPOINT');
    await connection.run(`ATTACH ${quoteText(compactFile(path))} AS compacted`);
    await connection.run(`COPY FROM DATABASE ${quoteIdentifier(String(row?.[0]))} TO compacted`);
    await connection.run('DETACH compacted');
  } finally {
    connection.closeSync();
  }
  chmodSync(compactFile(path), 0o600);
}

function discard(path: string): void {
  for (const leftover of [compactFile(path), `${compactFile(path)}.wal`]) rmSync(leftover, { force: true });
}
