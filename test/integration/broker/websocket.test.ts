import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { limits } from '../../../contract/limits.ts';
import type { Connection } from '../../../gateway/broker/broker.ts';
import { brokerLimits } from '../../../gateway/broker/limits.ts';
import { acceptWebSockets } from '../../../gateway/broker/websocket.ts';
import { listenOnFreePort } from '../../support/listen.ts';

/** A WebSocket, and the connection that the broker was given for it. */
async function openWebSocket(): Promise<{ webSocket: WebSocket; connection: Connection }> {
  const server = createServer();
  const accepted = Promise.withResolvers<Connection>();
  acceptWebSockets(server, { accept: accepted.resolve }, () => false);
  const webSocket = new WebSocket(`ws://127.0.0.1:${await listenOnFreePort(server)}/mqtt`, 'mqtt');
  onTestFinished(() => {
    webSocket.terminate();
    server.close();
  });
  await new Promise((resolve, reject) => webSocket.once('open', resolve).once('error', reject));
  return { webSocket, connection: await accepted.promise };
}

/** The code by which a WebSocket is closed (RFC 6455 §7.4.1). */
function closed(webSocket: WebSocket): Promise<number> {
  return new Promise((resolve) => webSocket.once('close', resolve));
}

const TOO_BIG = 1009;

test('of a stranger no frame is gathered that is larger than the packet he may send', async () => {
  const { webSocket } = await openWebSocket();
  webSocket.send(Buffer.alloc(brokerLimits.packetBytesUnauthenticated + 1));
  expect(await closed(webSocket)).toBe(TOO_BIG);
});

test('frames as large as a packet are taken of who has shown who he is, and no larger ones', async () => {
  const { webSocket, connection } = await openWebSocket();
  connection.proved?.();
  let bytes = 0;
  const received = new Promise<void>((resolve) => {
    connection.stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes === limits.packetBytes) resolve();
    });
  });
  webSocket.send(Buffer.alloc(limits.packetBytes));
  await received;
  webSocket.send(Buffer.alloc(limits.packetBytes + 1));
  expect(await closed(webSocket)).toBe(TOO_BIG);
});
