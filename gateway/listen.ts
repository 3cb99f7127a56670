import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:net';
import { listenError } from '../runtime/ports.ts';
import type { Broker } from './broker/broker.ts';
import { createPlainListener, createTlsListener, listenOn, stopListening } from './broker/listeners.ts';
import { acceptWebSockets } from './broker/websocket.ts';
import type { GatewayConfig } from './config.ts';
import type { Api } from './http/api.ts';
import { EDITOR_PATH } from './http/routes/flows-editor.ts';
import type { TlsIdentity } from './pki/tls-identity.ts';
import { networkHost } from './tls-config.ts';

export interface Ports {
  http: number;
  https: number;
  mqtt: number;
  mqtts: number;
}

export interface ListenOptions {
  config: GatewayConfig['gateway'];
  ports: Ports;
  broker: Broker;
  http: Api;
  identity: TlsIdentity;
  closers: (() => Promise<void> | void)[];
}

/**
 * Opens every port: in clear on loopback, by TLS where the configuration says.
 * @throws CampusError `port_taken` and its like, saying what to do
 */
export async function startListening({ config, ports, broker, http, identity, closers }: ListenOptions): Promise<void> {
  const plain = createPlainListener(broker);
  closers.push(() => closeIfOpen(plain));
  await listenOn(plain, { host: config.mqtt.host, port: ports.mqtt, setting: 'CAMPUS_MQTT_PORT' });
  await listenHttp(http, config.http.host, ports.http);
  // The editor's own listener takes what is its own.
  acceptWebSockets(http.server, broker, isOfEditor);
  if (config.tls.host === 'none' || http.httpsServer === undefined) return;
  const host = config.tls.host === 'all' ? undefined : config.tls.host;
  const mqtts = createTlsListener(broker, identity);
  closers.push(() => closeIfOpen(mqtts));
  await listenOn(mqtts, { host, port: ports.mqtts, setting: 'CAMPUS_MQTTS_PORT' });
  await listenOn(http.httpsServer, { host, port: ports.https, setting: 'CAMPUS_HTTPS_PORT' });
  acceptWebSockets(http.httpsServer, broker, (request, socket, head) => {
    return isOfEditor(request) && http.server.emit('upgrade', request, socket, head);
  });
}

function isOfEditor({ url = '' }: IncomingMessage): boolean {
  return url.startsWith(`${EDITOR_PATH}/`);
}

/** Fastify has to know that its server listens, to close it. */
async function listenHttp(http: Api, host: string, port: number): Promise<void> {
  try {
    await http.listen({ host, port });
  } catch (error) {
    throw listenError(error, 'CAMPUS_HTTP_PORT', host, port);
  }
}

/** Where other machines find the console; undefined when they cannot. */
export function networkUrl({ tls }: GatewayConfig['gateway'], { https }: Ports): string | undefined {
  const name = networkHost(tls);
  if (name === undefined) return undefined;
  return `https://${name.includes(':') ? `[${name}]` : name}:${https}`;
}

/** Connections of clients end with the broker, which closes after this; until then the port takes no new ones. */
function closeIfOpen(server: Server): void {
  if (server.listening) void stopListening(server);
}
