import { lookup } from 'node:dns/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** Name servers on the campus answer within milliseconds; after this, a name has no addresses in this cycle. */
const LOOKUP_TIMEOUT_MS = 2000;

/**
 * Finds addresses as every program of the machine does, by /etc/hosts, DNS and multicast DNS (nsswitch.conf(5)). Such a question holds a thread
 * until it is answered and cannot be taken back, so a name is not asked again before.
 */
export function createLookup(): (name: string) => Promise<string[]> {
  const pending = new Set<string>();
  return async (name) => {
    if (pending.has(name)) return [];
    pending.add(name);
    const answer = lookup(name, { all: true, order: 'verbatim' })
      .then((found) => found.map(({ address }) => address))
      // A name that is not known, or not known just now, has no addresses.
      .catch((): string[] => [])
      .finally(() => pending.delete(name));
    const timeout = new AbortController();
    const late = delay(LOOKUP_TIMEOUT_MS, [] as string[], { signal: timeout.signal, ref: false }).catch(() => []);
    return Promise.race([answer, late]).finally(() => timeout.abort());
  };
}
