import pino, { type Logger } from 'pino';

export type { Logger } from 'pino';

/**
 * The log of one process: JSON lines on standard output; `campus-edge up` and terminals make them pretty.
 * Secrets have no business in a log: paths that could hold one are redacted should a caller slip.
 */
export function createLog(name: string, level: string): Logger {
  return pino({
    name,
    level,
    redact: {
      paths: ['password', '*.password', 'token', '*.token', 'authorization', '*.authorization'],
      censor: '[redacted]',
    },
    base: { name },
    ...(process.stdout.isTTY
      ? { transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' } } }
      : {}),
  });
}
