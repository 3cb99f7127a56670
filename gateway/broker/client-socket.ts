import type { Client } from 'aedes';

/** The IP address of a client; empty when it is gone. */
export function addressOf(client: Client): string {
  return ('remoteAddress' in client.conn ? client.conn.remoteAddress : undefined) ?? '';
}

/** True once a client's connection is being ended. */
export function isDestroyed({ conn }: Client): boolean {
  return 'destroyed' in conn && conn.destroyed === true;
}
