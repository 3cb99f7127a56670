import type { Socket } from 'node:net';
import type { Server, TLSSocket } from 'node:tls';

/**
 * Tells of connections to a TLS server as they come, before their handshake: a client may take ten seconds for that, or begin one after the
 * other, and is counted while it does.
 * @param begun a connection has come, on which nothing was read yet
 * @returns what was told of a connection, once its handshake is done
 */
export function watchHandshakes(
  server: Pick<Server, 'on'>,
  begun: (connection: Socket) => void,
): (secured: TLSSocket) => Socket | undefined {
  // Node.js names no way from one to the other, but no two open connections share an address and a port.
  const under = new Map<string, Socket>();
  server.on('connection', (connection: Socket) => {
    const key = keyOf(connection);
    under.set(key, connection);
    connection.once('close', () => {
      if (under.get(key) === connection) under.delete(key);
    });
    begun(connection);
  });
  return (secured) => {
    const key = keyOf(secured);
    const connection = under.get(key);
    under.delete(key);
    return connection;
  };
}

function keyOf({ remoteAddress = '', remotePort = 0 }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
