import type { Client } from 'aedes';

/** True once a client's connection is being ended. */
export function isDestroyed({ conn }: Client): boolean {
  return 'destroyed' in conn && conn.destroyed === true;
}
