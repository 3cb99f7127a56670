import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { listenError, type PortName } from '../../runtime/ports.ts';
import { presentedCertificate, timeFaults } from '../access/device-certificates.ts';
import { watchHandshakes } from '../access/handshakes.ts';
import type { TlsIdentity } from '../pki/tls-identity.ts';
import { HANDSHAKE_MS } from '../pki/tls-settings.ts';
import type { Broker } from './broker.ts';
import { brokerLimits } from './limits.ts';

/** Where a server listens: on every address of both families when `host` is undefined. */
export interface ListenAddress {
  host: string | undefined;
  port: number;
  /** The environment variable that sets the port, for who has to choose another. */
  setting: PortName;
}

/** Small messages go out at once: Nagle with delayed ACK would hold them for tens of milliseconds. */
const socketOptions = {
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: brokerLimits.tcpKeepAliveMs,
} as const;

/** MQTT in clear, for this very machine. */
export function createPlainListener(broker: Broker): Server {
  return bounded(
    createServer(socketOptions, (socket) => broker.accept({ stream: socket, address: addressOf(socket) })),
  );
}

/** MQTT by TLS. A client may show a certificate; one that is not accepted is told so, and why, in the audit log. */
export function createTlsListener(broker: Broker, identity: TlsIdentity): Server {
  const server = createTlsServer(
    {
      ...socketOptions,
      ...identity.serverOptions,
      requestCert: true,
      rejectUnauthorized: false,
      handshakeTimeout: HANDSHAKE_MS,
    },
    (socket) =>
      broker.accept({
        ...{ stream: socket, address: addressOf(socket), certificate: certificateOf(socket, identity) },
        below: belowOf(socket),
      }),
  );
  const belowOf = watchHandshakes(server, (connection) => broker.knock(connection, addressOf(connection)));
  identity.follow(server);
  return bounded(server);
}

/** @throws CampusError `port_taken` and its like, saying what to do */
export function listenOn(
  server: Pick<Server, 'once' | 'off' | 'listen'>,
  { host, port, setting }: ListenAddress,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => reject(listenError(error, setting, host ?? 'this machine', port));
    server.once('error', failed);
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.off('error', failed);
      resolve();
    });
  });
}

/** Stops listening; connections end by their own. */
export function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

function bounded(server: Server): Server {
  server.maxConnections = brokerLimits.connections;
  return server;
}

function certificateOf(socket: TLSSocket, identity: TlsIdentity): ReturnType<typeof presentedCertificate> {
  return presentedCertificate(socket.getPeerCertificate(), faultOf(socket, identity));
}

/** Why TLS does not accept a certificate. OpenSSL names the last of several faults: what another site has signed may have expired as well. */
function faultOf(socket: TLSSocket, identity: TlsIdentity): string | undefined {
  // Node.js has an error there, or the name of one, whatever its types say.
  const error: unknown = socket.authorized ? undefined : socket.authorizationError;
  if (error === undefined || error === null) return undefined;
  const fault = String(error);
  const certificate = timeFaults.includes(fault) ? socket.getPeerX509Certificate() : undefined;
  return certificate === undefined || identity.hasSigned(certificate) ? fault : 'another authority signed it';
}

function addressOf({ remoteAddress = '' }: Socket): string {
  return remoteAddress;
}
