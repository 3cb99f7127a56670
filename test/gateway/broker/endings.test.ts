import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Endings } from '../../../gateway/broker/endings.ts';

function connections(count: number): { sockets: Duplex[]; ended: () => number; received: string[] } {
  const endings = new Endings();
  const received: string[] = [];
  let closed = 0;
  const sockets = Array.from({ length: count }, () => {
    const socket = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done(), allowHalfOpen: false });
    endings.watch(socket);
    socket.on('data', (chunk: Buffer) => received.push(String(chunk)));
    socket.on('error', () => {});
    socket.on('close', () => {
      closed += 1;
    });
    return socket;
  });
  return { sockets, ended: () => closed, received };
}

function reset(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
}

test.each([
  ['ended', (socket: Duplex) => void socket.push(null)],
  ['reset', (socket: Duplex) => void socket.destroy(reset())],
])('thousands of connections that are %s at once end over several turns, and all of them', async (_name, end) => {
  const { sockets, ended } = connections(1000);
  for (const socket of sockets) end(socket);
  await turn();
  await turn();
  expect(ended()).toBeLessThan(200);
  for (let turns = 0; turns < 50 && ended() < 1000; turns += 1) await turn();
  expect(ended()).toBe(1000);
});

test('what came before the end is still read', async () => {
  const { sockets, ended, received } = connections(1);
  sockets[0]?.push('last words');
  sockets[0]?.push(null);
  for (let turns = 0; turns < 10 && ended() < 1; turns += 1) await turn();
  expect(received).toEqual(['last words']);
});

test('what the gateway ends is ended at once, even if it was reset and waits', async () => {
  const { sockets, ended } = connections(2);
  sockets[0]?.destroy(reset());
  for (const socket of sockets) socket.destroy();
  expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, true]);
  await turn();
  await turn();
  expect(ended()).toBe(2);
});
