import { setTimeout as delay } from 'node:timers/promises';
import { CampusError } from '../contract/errors.ts';
import { credentialsFile, type Home, type ProcessCredentials, readCredentials } from '../runtime/home.ts';

const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 100;

/**
 * The credentials that the gateway writes at its first start, which may be under way.
 * @returns undefined when `signal` ended the wait
 * @throws CampusError `credentials_absent` after 30 s
 */
export async function awaitCredentials(home: Home, signal: AbortSignal): Promise<ProcessCredentials | undefined> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!signal.aborted) {
    const credentials = readCredentials(home, 'flows');
    if (credentials !== undefined) return credentials;
    if (performance.now() >= deadline) {
      throw new CampusError(
        'credentials_absent',
        `expected ${credentialsFile(home, 'flows')}, which the gateway writes at its first start, and it did not come within ${PATIENCE_MS / 1000} s: start the gateway on this home`,
      );
    }
    await delay(LOOK_EVERY_MS);
  }
  return undefined;
}
