import { createConnection, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { Bans, mqttBanRule } from '../../../gateway/access/bans.ts';
import { Broker, type Refusal } from '../../../gateway/broker/broker.ts';
import { brokerLimits } from '../../../gateway/broker/limits.ts';
import { createPlainListener, listenOn, stopListening } from '../../../gateway/broker/listeners.ts';
import { Connection } from '../../faults/mqtt/connection.ts';
import { encodeConnect, encodePublish, encodeSubscribe, pingRequest } from '../../faults/mqtt/packets.ts';
import { freePort } from '../../support/free-port.ts';
import { until } from '../../support/until.ts';

const RIGHT = 'right';

/** A broker that lets everybody in who knows the password. */
async function startBroker({ bytesPerSecond = 1e9, failures = mqttBanRule.failures } = {}) {
  const refusals: Refusal[] = [];
  const received: { topic: string; bytes: number }[] = [];
  const gone: string[] = [];
  const bans = new Bans({ ...mqttBanRule, failures }, Date.now);
  const broker = await Broker.create({
    authenticate: async (username, password) => {
      const [site = '', device = ''] = username.split('/');
      return Buffer.from(password).toString() === RIGHT
        ? { kind: 'device', site, device, username, version: 1 }
        : undefined;
    },
    certified: () => ({ code: 'certificate_unknown', detail: 'no certificates here' }),
    receive: async (_principal, topic, payload) => void received.push({ topic, bytes: payload.length }),
    refused: (refusal) => void refusals.push(refusal),
    failed: (error) => {
      throw error;
    },
    connected: () => {},
    subscribed: () => {},
    disconnected: ({ username }) => void gone.push(username),
    notForwarded: () => {},
    withheld: () => {},
    bans,
    messagesPerSecond: 1e9,
    bytesPerSecond,
  });
  const port = await freePort();
  const listener = createPlainListener(broker);
  await listenOn(listener, { host: '127.0.0.1', port, setting: 'CAMPUS_MQTT_PORT' });
  onTestFinished(async () => {
    await broker.close();
    await stopListening(listener);
  });
  const open = async (
    clientId: string,
    { device = 'room-1', password = RIGHT, onPuback = (_id: number) => {} } = {},
  ) => {
    const account = { username: `school/${device}`, password };
    const connection = await Connection.open({ port, account, clientId, onPuback });
    onTestFinished(() => connection.cut());
    return connection;
  };
  const raw = async (): Promise<Socket> => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.on('error', () => {
      // The broker resets what it does not want; `destroyed` tells.
    });
    onTestFinished(() => void socket.destroy());
    await new Promise((resolve) => socket.once('connect', resolve));
    return socket;
  };
  return { broker, bans, refusals, received, gone, open, raw };
}

it('lets a right password in from an address that is banned, and does not answer wrong ones', async () => {
  const { bans, refusals, open } = await startBroker({ failures: 5 });
  const established = await open('before');
  for (let n = 0; n < 4; n += 1) await expect(open(`x${n}`, { password: 'wrong' })).rejects.toThrow('CONNACK 4');
  await expect(open('x4', { password: 'wrong' })).rejects.toThrow('ended the connection');
  await expect(open('x5', { password: 'wrong' })).rejects.toThrow('ended the connection');
  expect(bans.list()).toMatchObject([{ address: '127.0.0.1', failures: 6 }]);
  expect(refusals.at(-1)).toMatchObject({ code: 'address_banned', address: '127.0.0.1', username: '' });
  const acknowledged: number[] = [];
  const right = await open('after', { onPuback: (id) => void acknowledged.push(id) });
  right.publish('campus/v1/school/room-1/event', Buffer.from('{}'), 1);
  await until('it is acknowledged', () => acknowledged.length === 1);
  established.publish('campus/v1/school/room-1/event', Buffer.from('{}'), 1);
});

it('ends the oldest connection of an account that has too many, without its will', async () => {
  const { refusals, open } = await startBroker();
  const first = await open('first');
  const others = [];
  for (let n = 1; n < brokerLimits.connectionsPerAccount; n += 1) others.push(await open(`c${n}`));
  expect(refusals).toEqual([]);
  await open('one-too-many');
  await first.closed;
  expect(refusals).toMatchObject([{ action: 'connect', code: 'connection_limit', username: 'school/room-1' }]);
});

it('refuses an account that logs in again and again, and no other', async () => {
  const { refusals, open } = await startBroker();
  const { burst } = brokerLimits.connectsPerAccount;
  for (let n = 0; n < burst; n += 1) (await open('same')).cut();
  await expect(open('same')).rejects.toThrow('CONNACK 3');
  expect(refusals).toMatchObject([{ code: 'rate_limited', action: 'connect' }]);
  await open('other', { device: 'room-2' });
});

it.each([
  ['pings', pingRequest, brokerLimits.controlPackets.burst],
  ['the same subscription', encodeSubscribe('campus/v1/school/room-1/command', 1, 1), brokerLimits.subscribes.burst],
])('ends a device that floods it with %s', async (_what, packet, burst) => {
  const { refusals, raw } = await startBroker();
  const socket = await raw();
  socket.resume();
  socket.write(encodeConnect({ clientId: 'flood', username: 'school/room-1', password: RIGHT, keepalive: 60 }));
  const flood = setInterval(() => socket.write(Buffer.concat(Array.from({ length: burst }, () => packet))), 20);
  await until('it is sent away', () => socket.destroyed);
  clearInterval(flood);
  expect(refusals).toMatchObject([{ code: 'rate_limited', username: 'school/room-1' }]);
});

it('slows a device that sends too many bytes, and loses nothing of it', async () => {
  const { open, received, refusals } = await startBroker({ bytesPerSecond: 200_000 });
  const acknowledged: number[] = [];
  const connection = await open('c', { onPuback: (id) => void acknowledged.push(id) });
  const begun = performance.now();
  // Two seconds' worth pass at once, and three more are waited for.
  for (let id = 1; id <= 10; id += 1)
    connection.publish('campus/v1/school/room-1/event', Buffer.alloc(100_000, 32), id);
  await until('all are acknowledged', () => acknowledged.length === 10);
  expect(performance.now() - begun).toBeGreaterThan(2000);
  expect(acknowledged).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(received).toHaveLength(10);
  expect(refusals).toEqual([]);
});

it('has the longest waiting go when more say nothing than may, so that who has a password comes in', async () => {
  const { refusals, raw, open } = await startBroker();
  const { total } = brokerLimits.lobby;
  const silent: Socket[] = [];
  while (silent.length < total) silent.push(...(await Promise.all(Array.from({ length: 128 }, raw))));
  const late = await raw();
  await until('one has gone', () => silent.some((socket) => socket.destroyed));
  expect(silent.filter((socket) => socket.destroyed).length).toBeLessThan(10);
  expect(silent[0]?.destroyed).toBe(true);
  expect(late.destroyed).toBe(false);
  expect(refusals[0]).toMatchObject({ action: 'connect', code: 'connection_limit', address: '127.0.0.1' });
  await open('c');
});

it('waits for the rest of a packet, while others are served', async () => {
  const { raw, open, received } = await startBroker();
  const socket = await raw();
  const connected = new Promise((resolve) => socket.once('data', resolve));
  socket.write(encodeConnect({ clientId: 'slow', username: 'school/room-2', password: RIGHT, keepalive: 60 }));
  await connected;
  const packet = encodePublish('campus/v1/school/room-2/event', Buffer.alloc(50_000), 1, false);
  socket.write(packet.subarray(0, 40_000));
  const acknowledged: number[] = [];
  const other = await open('c', { onPuback: (id) => void acknowledged.push(id) });
  other.publish('campus/v1/school/room-1/event', Buffer.from('{}'), 1);
  await until('the other is acknowledged', () => acknowledged.length === 1);
  socket.write(packet.subarray(40_000));
  await until('the slow one is taken, too', () => received.some(({ bytes }) => bytes === 50_000));
});
