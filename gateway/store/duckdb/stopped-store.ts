import { DuckDBInstance } from '@duckdb/node-api';
import { CampusError } from '../../../contract/errors.ts';
import { copyFiles } from './copy-files.ts';
import { isHeld } from './held.ts';
import { quoteText } from './quote.ts';
import { settleCopy } from './settle-copy.ts';

/**
 * Copies the store of a gateway that does not run. It is held meanwhile, so that no gateway starts on it.
 * @throws CampusError `home_locked`, `disk_full`, `store_unavailable`
 */
export async function copyStoppedStore(path: string, target: string, signal: AbortSignal): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await hold(connection, path);
    await copyFiles(path, target, signal);
    await settleCopy(connection, target);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Attached for reading, the file stays as it is and can be opened by no writer. */
async function hold(connection: { run: (sql: string) => Promise<unknown> }, path: string): Promise<void> {
  try {
    await connection.run(`ATTACH ${quoteText(path)} AS home (READ_ONLY)`);
  } catch (error) {
    if (isHeld(error)) {
      throw new CampusError('home_locked', `${path} is held by another process: stop that gateway first`, {
        cause: error,
      });
    }
    throw new CampusError('store_unavailable', `cannot open ${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** True when another process has the store open. The file stays as it is; one that is damaged is held by nobody. */
export async function isStoreHeld(path: string): Promise<boolean> {
  try {
    const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' });
    instance.closeSync();
    return false;
  } catch (error) {
    return isHeld(error);
  }
}
