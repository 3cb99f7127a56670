import { setTimeout as delay } from 'node:timers/promises';
import { CampusError } from '../contract/errors.ts';
import { credentialsFile, type Home, type ProcessCredentials, readCredentials } from '../runtime/home.ts';

/** The gateway writes the credentials at its first start, which may be at the same time as the agent's. */
const WAIT_MS = 30_000;
const POLL_MS = 100;

/**
 * Reads the agent's credentials, waiting for them to appear.
 * @param stopping ends the waiting
 * @returns undefined when `stopping` came first
 * @throws CampusError `credentials_absent` after `waitMs`
 */
export async function waitForCredentials(
  home: Home,
  stopping: AbortSignal,
  waitMs: number = WAIT_MS,
): Promise<ProcessCredentials | undefined> {
  for (let waited = 0; !stopping.aborted; waited += POLL_MS) {
    const credentials = readCredentials(home, 'agent');
    if (credentials !== undefined) return credentials;
    if (waited >= waitMs) {
      throw new CampusError(
        'credentials_absent',
        `${credentialsFile(home, 'agent')}: expected the site, username and password of this device, got no such file: start the gateway on this home first, or put there what \`campus-edge device add ID --json\` prints on the gateway`,
      );
    }
    await delay(POLL_MS);
  }
  return undefined;
}
