import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { CampusError } from '../../../contract/errors.ts';

const run = promisify(execFile);

/**
 * Copies a DuckDB file, and its write-ahead log where it has one, while nothing is written to it. A process of its own does that: POSIX
 * gives up a process's locks on a file as soon as that process closes it anywhere (fcntl(2)), so a copy made in here would let
 * a second gateway open the store. COPY FROM DATABASE would need memory for a block of every column, which a gateway with many
 * measurements does not have.
 * @param target must not exist; its log becomes `{target}.wal`
 * @param signal ends the copying
 * @throws CampusError `disk_full`, `store_unavailable`
 */
export async function copyFiles(source: string, target: string, signal: AbortSignal): Promise<void> {
  await copyFile(source, target, signal);
  if (existsSync(`${source}.wal`)) await copyFile(`${source}.wal`, `${target}.wal`, signal);
}

async function copyFile(source: string, target: string, signal: AbortSignal): Promise<void> {
  try {
    await run('cp', ['--', source, target], { signal, env: { ...process.env, LC_ALL: 'C' } });
  } catch (error) {
    signal.throwIfAborted();
    const { message } = error as Error;
    const full = message.includes('No space left');
    throw new CampusError(
      full ? 'disk_full' : 'store_unavailable',
      full
        ? `there is no room for a copy of ${source}: free some, then try again`
        : `cannot copy ${source}: ${message}`,
      { cause: error },
    );
  }
}
