import { fileURLToPath } from 'node:url';
import type { Logger } from '../../runtime/log.ts';
import type { Host } from '../host/host.ts';
import type { Publisher } from '../publisher.ts';

/** Reading takes CPU that the first samples need more. */
const FIRST_AFTER_MS = 2000;
const EVERY_MS = 3_600_000;
const TIMEOUT_MS = 60_000;
/** More than any inventory within the bounds of its schema. */
const MAX_BYTES = 4 * 1024 * 1024;

const script = fileURLToPath(new URL('./print.ts', import.meta.url));

/**
 * Publishes the inventory soon after the first connection and then hourly.
 * @returns a function that stops it
 */
export function startInventory({
  host,
  publisher,
  log,
}: {
  host: Host;
  publisher: Publisher;
  log: Logger;
}): () => void {
  let timer: NodeJS.Timeout;
  const stopped = new AbortController();
  const publish = async (): Promise<void> => {
    try {
      const options = { signal: stopped.signal, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES };
      const inventory = await host.run(process.execPath, [script], options);
      if (inventory !== undefined) publisher.publishInventory(inventory);
    } catch (error) {
      if (!stopped.signal.aborted) log.warn({ err: error }, 'the inventory cannot be read: next try in an hour');
    }
  };
  const next = (ms: number): void => {
    timer = setTimeout(() => {
      if (publisher.connections === 0) return next(FIRST_AFTER_MS);
      void publish();
      next(EVERY_MS);
    }, ms);
  };
  next(FIRST_AFTER_MS);
  return () => {
    stopped.abort();
    clearTimeout(timer);
  };
}
