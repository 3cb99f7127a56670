import { createServer, type Socket } from 'node:net';
import { Aedes, type Client } from 'aedes';
import { expect, it, onTestFinished } from 'vitest';
import { brokerLimits } from '../../../gateway/broker/limits.ts';
import { ReadGate } from '../../../gateway/broker/read-gate.ts';
import { Connection } from '../../faults/mqtt/connection.ts';
import { until } from '../../support/until.ts';

const PINGRESP = Buffer.from([0xd0, 0x00]);
const UNREAD_MS = 1500;

/** Aedes behind a gate, and its end of the one connection to it. */
async function gatedBroker() {
  const gate = new ReadGate({ ...brokerLimits.unstored, unreadMs: UNREAD_MS });
  const taken: number[] = [];
  const aedes = new Aedes({
    authorizePublish: (_client, packet, done) => {
      taken.push(Buffer.from(packet.payload).readUInt32BE());
      done(null);
    },
  });
  await aedes.listen();
  const arrived = Promise.withResolvers<{ client: Client; socket: Socket }>();
  const server = createServer((socket) => {
    const client = aedes.handle(socket);
    gate.watch(client, socket);
    gate.share(client);
    arrived.resolve({ client, socket });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    aedes.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const account = { username: 'any', password: 'any' };
  const connection = await Connection.open({ port, account, clientId: 'deaf', keepalive: 0 });
  onTestFinished(() => connection.cut());
  return { connection, taken, socket: (await arrived.promise).socket };
}

function publish(connection: Connection, number: number): void {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(number);
  connection.publish('t', payload, number);
}

/** What fills the buffers between, as a million acknowledgements would. */
function fillBuffers(socket: Socket): void {
  while (!socket.writableNeedDrain) socket.write(Buffer.alloc(64 * 1024, PINGRESP));
}

it('reads nothing more from a client that does not read what it is sent, until it does', async () => {
  const { connection, taken, socket } = await gatedBroker();
  publish(connection, 1);
  await until('the first message', () => taken.length === 1);
  connection.stopReading();
  fillBuffers(socket);
  publish(connection, 2);
  const since = performance.now();
  await until('time passes', () => performance.now() - since > UNREAD_MS / 2);
  expect(taken).toEqual([1]);
  connection.readOn();
  await until('the second message', () => taken.length === 2);
});

it('disconnects such a client in the end', async () => {
  const { connection, taken, socket } = await gatedBroker();
  connection.stopReading();
  fillBuffers(socket);
  publish(connection, 1);
  await until('the connection is ended', () => socket.destroyed, { timeoutMs: UNREAD_MS + 5000 });
  expect(taken).toEqual([]);
});
