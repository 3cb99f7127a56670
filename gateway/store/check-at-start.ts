import { setTimeout as delay } from 'node:timers/promises';
import { CampusError } from '../../contract/errors.ts';
import type { Store } from './store.ts';

/** A server that has not answered by then is taken to be away; the start of the gateway does not wait for it. */
const PATIENCE_MS = 3_000;

/**
 * Checks a store when the gateway starts. One that is away is none of the start's business: the spool holds the data until it is back,
 * and it is checked before the first write.
 * @returns what could not be checked
 * @throws CampusError `store_misconfigured` with what to change
 */
export async function checkAtStart(store: Store, patienceMs = PATIENCE_MS): Promise<string[]> {
  const over = new AbortController();
  try {
    return await Promise.race([store.check(), delay(patienceMs, [], { signal: over.signal })]);
  } catch (error) {
    if (error instanceof CampusError && error.code === 'store_unavailable') return [];
    throw error;
  } finally {
    over.abort();
  }
}
