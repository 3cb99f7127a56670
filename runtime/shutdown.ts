import type { Logger } from './log.ts';

/** How long a process may take to flush and close. A supervisor kills it afterwards. */
export const SHUTDOWN_MS = 10_000;

/** Within this time a second signal is the first one again: npm passes on a Ctrl-C that the terminal has sent already. */
const SAME_REQUEST_MS = 1000;

/**
 * Resolves at SIGTERM or SIGINT, or when the supervising parent goes away, with the cause's name.
 * A second signal exits at once: whoever presses Ctrl-C twice means it.
 */
export function shutdownRequested(): Promise<string> {
  return new Promise((resolve) => void onShutdownRequest(resolve));
}

/**
 * As `shutdownRequested`, for what may end before it is asked to.
 * @returns how to stop listening
 */
export function onShutdownRequest(asked: (cause: string) => void): () => void {
  let askedAt: number | undefined;
  const ask = (cause: string): void => {
    if (askedAt !== undefined && performance.now() - askedAt > SAME_REQUEST_MS) process.exit(1);
    askedAt ??= performance.now();
    asked(cause);
  };
  const disconnected = (): void => {
    if (askedAt === undefined) ask('disconnect');
  };
  process.on('SIGTERM', ask).on('SIGINT', ask).on('disconnect', disconnected);
  return () => void process.off('SIGTERM', ask).off('SIGINT', ask).off('disconnect', disconnected);
}

/** Closes what a process opened, last opened first, within `SHUTDOWN_MS`; reports what would not close. */
export async function closeAll(log: Logger, closers: readonly (() => Promise<void> | void)[]): Promise<void> {
  const timer = setTimeout(() => {
    log.error({ code: 'internal' }, `not closed within ${SHUTDOWN_MS} ms, leaving`);
    process.exit(1);
  }, SHUTDOWN_MS - 500);
  for (const close of closers.toReversed()) {
    try {
      await close();
    } catch (error) {
      log.error({ err: error }, 'closing failed');
    }
  }
  clearTimeout(timer);
}
