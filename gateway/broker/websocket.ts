import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws';
import { limits } from '../../contract/limits.ts';
import type { Broker } from './broker.ts';
import { brokerLimits } from './limits.ts';

/** Where MQTT is spoken in a WebSocket, beside the console. */
export const WEBSOCKET_PATH = '/mqtt';
/** The name of MQTT 3.1.1 among the protocols of a WebSocket (MQTT 3.1.1 §6). */
const PROTOCOL = 'mqtt';

/** Takes over a WebSocket that is none of MQTT; false for one that nobody wants. */
export type OtherWebSockets = (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;

/** Takes MQTT in WebSockets on an HTTP server that is by TLS or on loopback. */
export function acceptWebSockets(server: Server, broker: Pick<Broker, 'accept'>, others: OtherWebSockets): void {
  const sockets = new WebSocketServer({
    noServer: true,
    // A frame is gathered in memory before the broker sees any of it: a stranger's may be as large as a stranger's packet.
    maxPayload: brokerLimits.packetBytesUnauthenticated,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.url?.split('?')[0] !== WEBSOCKET_PATH) {
      if (!others(request, socket, head)) refuse(socket, '404 Not Found');
      return;
    }
    if (!offers(request)) return refuse(socket, '400 Bad Request');
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      // MQTT-6.0.0-1: a frame of text ends the connection.
      webSocket.on('message', (_data, isBinary) => {
        if (!isBinary) webSocket.close(1003);
      });
      const stream = createWebSocketStream(webSocket);
      // A peer that breaks the protocol or the connection is no failure of the gateway: Aedes sees the stream end.
      stream.on('error', () => stream.destroy());
      const proved = (): void => allowFrames(webSocket, limits.packetBytes);
      broker.accept({ stream, address: request.socket.remoteAddress ?? '', proved });
    });
  });
}

/** The library takes a bound for all of a server's connections; each keeps its own in a field that its types do not name. */
function allowFrames(webSocket: WebSocket, maxBytes: number): void {
  const receiver: unknown = Reflect.get(webSocket, '_receiver');
  // One that has closed meanwhile has none.
  if (receiver === null) return;
  if (typeof receiver !== 'object' || receiver === undefined || !('_maxPayload' in receiver)) {
    throw new Error('this version of ws keeps its bound elsewhere: gateway/broker/websocket.ts must be mended');
  }
  receiver._maxPayload = maxBytes;
}

function offers({ headers }: IncomingMessage): boolean {
  const offered = headers['sec-websocket-protocol'] ?? '';
  return offered.split(',').some((name) => name.trim() === PROTOCOL);
}

function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => socket.destroy());
  // Node.js watches no connection any more that is to be another protocol's: one whose client stays would stay for ever.
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
