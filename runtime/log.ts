import pino, { type Logger } from 'pino';
import { withoutMacs } from '../contract/mac-address.ts';

export type { Logger } from 'pino';

/**
 * The log of one process: JSON lines on standard output; `campus-edge up` and terminals make them pretty.
 * Secrets have no business in a log: paths that could hold one are redacted should a caller slip, and MAC addresses wherever they stand.
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
    // Whatever the caller's care, an address of somebody's device is in no line that leaves this process.
    hooks: { streamWrite: withoutMacs },
    ...(process.stdout.isTTY
      ? { transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' } } }
      : {}),
  });
}
