import { createConnection, type Socket } from 'node:net';
import type { Account } from '../faults/mqtt/connection.ts';
import { encodeConnect } from '../faults/mqtt/packets.ts';

/**
 * A connection that somebody opens who means no good: errors are what it is out for.
 * @param from the address that he has: all of 127.0.0.0/8 are this machine's, and each is counted by itself
 */
export function attack(port: number, from = '127.0.0.1'): Socket {
  const socket = createConnection({ port, host: '127.0.0.1', localAddress: from, noDelay: true });
  socket.on('error', () => {
    // That the gateway resets it is one of its answers; whether it still stands is what the other tests ask.
  });
  return socket;
}

/** Resolves when the connection stands; false when it was refused. */
export function opened(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('close', () => resolve(false));
  });
}

/** Resolves when the connection has ended, or after a while. @returns whether it has ended */
export function closed(socket: Socket, withinMs: number): Promise<boolean> {
  if (socket.destroyed) return Promise.resolve(true);
  return new Promise((resolve) => {
    const ended = (): void => {
      clearTimeout(timer);
      resolve(true);
    };
    const timer = setTimeout(() => {
      socket.off('close', ended);
      resolve(false);
    }, withinMs);
    socket.once('close', ended);
  });
}

/** Opens a connection and logs in. @returns undefined when the gateway did not let it in */
export async function logIn(
  port: number,
  account: Account,
  clientId: string,
  from?: string,
): Promise<Socket | undefined> {
  const socket = attack(port, from);
  socket.write(encodeConnect({ clientId, keepalive: 0, ...account }));
  const answered = await new Promise<boolean>((resolve) => {
    socket.once('data', (answer: Buffer) => resolve(answer[0] === 0x20 && answer[3] === 0));
    socket.once('close', () => resolve(false));
  });
  if (answered) return socket;
  socket.destroy();
  return undefined;
}

/** Runs jobs side by side, until there are none left. */
export async function lanes(count: number, job: (lane: number) => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, lane) => job(lane)));
}
