import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { Counter } from 'prom-client';
import { AddressRates } from '../access/address-rates.ts';
import { watchHandshakes } from '../access/handshakes.ts';
import { cutOff, Lobby } from '../access/lobby.ts';
import { plainAddress } from '../access/network-address.ts';
import { brokerLimits } from '../broker/limits.ts';
import type { Api } from './api.ts';
import type { HttpDeps } from './deps.ts';

/** Connections at once: every stream and some per browser beside it, and those that nobody has signed in on. */
const CONNECTIONS_MAX = 1024;
/**
 * Connections on which nobody has signed in. A classroom's browsers open six each; beyond, the one that has waited longest goes, so that idle and slow
 * ones keep nobody out.
 */
const LOBBY = { perAddress: 384, total: 512 } as const;
/** An idle connection is kept for the next click, and no longer. */
const KEEP_ALIVE_MS = 20_000;

/**
 * Bounds connections on which nobody has signed in, and counts what is refused.
 * @returns to be called with each server that the API answers on
 */
export function boundConnections(
  app: Api,
  { registry, metrics }: Pick<HttpDeps, 'registry' | 'metrics'>,
): (server: Pick<Server, 'on' | 'maxConnections' | 'keepAliveTimeout'>) => void {
  const refusals = new Counter({
    name: 'campus_http_refusals_total',
    help: 'HTTP requests and connections that were refused, by status, or `connection`',
    labelNames: ['status'],
    registers: [metrics],
  });
  const refused = (address: string, detail: string): void => {
    refusals.inc({ status: 'connection' });
    const row = { actor: 'anonymous', address: plainAddress(address), action: 'http.connect', detail } as const;
    registry.audit.record({ ...row, outcome: 'refused' });
  };
  const lobby = new Lobby(LOBBY, (address) =>
    refused(
      address,
      'expected a request of somebody who is signed in, got more idle or slow connections than may wait',
    ),
  );
  const enter = (socket: Socket): void => lobby.enter(socket, socket.remoteAddress ?? '');
  const handshakes = new AddressRates({
    ...{ rate: brokerLimits.connectsPerAddress, fromHere: brokerLimits.connectsFromHere },
    now: () => performance.now(),
  });
  const enterBeforeHandshake = (socket: Socket): void => {
    const { remoteAddress = '' } = socket;
    if (handshakes.tryTake(remoteAddress)) {
      enter(socket);
      return;
    }
    cutOff(socket);
    const { perSecond } = handshakes.rateOf(remoteAddress);
    refused(remoteAddress, `expected at most ${perSecond} connections a second from one address, got more`);
  };
  // Who signs in may wait for others who do; his password has come by then.
  app.addHook('preHandler', async ({ identity, raw, routeOptions }) => {
    if (identity !== null || routeOptions.config.rate === 'sign-in') lobby.leave(raw.socket);
  });
  app.addHook('onResponse', async ({ identity, raw, routeOptions }, { statusCode }) => {
    if (statusCode >= 400 && statusCode < 500) refusals.inc({ status: String(statusCode) });
    if (identity === null && routeOptions.config.rate === 'sign-in' && !raw.socket.destroyed) enter(raw.socket);
  });
  return (server) => {
    server.maxConnections = CONNECTIONS_MAX;
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    if (server instanceof TlsServer) {
      const belowOf = watchHandshakes(server, enterBeforeHandshake);
      server.on('secureConnection', (socket) => {
        const below = belowOf(socket);
        if (below !== undefined) lobby.leave(below);
        enter(socket);
      });
    } else server.on('connection', enter);
    // MQTT in a WebSocket has a door of its own.
    server.on('upgrade', (_request, socket) => lobby.leave(socket));
    server.on('clientError', () => refusals.inc({ status: '400' }));
  };
}
