import { setTimeout as delay } from 'node:timers/promises';
import { CampusError } from '../contract/errors.ts';
import { credentialsFile, type Home, type ProcessCredentials, readCredentials } from './home.ts';

/** The gateway writes the credentials at its first start, which may be at the same time as that of who waits for them. */
const WAIT_MS = 30_000;
const POLL_MS = 100;

const remedies = {
  agent: 'start the gateway on this home first, or join the gateway of another machine by `campus-edge enroll`',
  flows: 'start the gateway on this home, which writes it at its first start',
} as const;

/**
 * Reads the credentials of one of the product's processes, waiting for them to appear.
 * @param stopping ends the waiting
 * @returns undefined when `stopping` came first
 * @throws CampusError `credentials_absent` after `waitMs`
 */
export async function awaitCredentials(
  { home, process }: { home: Home; process: 'agent' | 'flows' },
  stopping: AbortSignal,
  waitMs: number = WAIT_MS,
): Promise<ProcessCredentials | undefined> {
  for (let waited = 0; !stopping.aborted; waited += POLL_MS) {
    const credentials = readCredentials(home, process);
    if (credentials !== undefined) return credentials;
    if (waited >= waitMs) {
      throw new CampusError(
        'credentials_absent',
        `${credentialsFile(home, process)}: expected site, username and password, got no such file: ${remedies[process]}`,
      );
    }
    await delay(POLL_MS);
  }
  return undefined;
}
