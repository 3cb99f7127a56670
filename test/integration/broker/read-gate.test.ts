import { describe, expect, it, onTestFinished } from 'vitest';
import type { VerifiedPrincipal } from '../../../gateway/access/principal.ts';
import { Broker } from '../../../gateway/broker/broker.ts';
import { brokerLimits } from '../../../gateway/broker/limits.ts';
import { createPlainListener, listenOn } from '../../../gateway/broker/listeners.ts';
import { Connection } from '../../faults/mqtt/connection.ts';
import { freePort } from '../../support/free-port.ts';
import { until } from '../../support/until.ts';

const { bytes, bytesPerClient } = brokerLimits.unstored;
/** What a message takes in memory beside its payload, at least. */
const MESSAGE_BYTES = 4096;
/** What one read of a socket may bring at once, and a packet of which a part has come. */
const SLACK = 512 * 1024;

/** A broker whose disk takes nothing until it is told to. */
async function stalledBroker() {
  const received: { device: string; payload: Uint8Array }[] = [];
  let stalled = true;
  const waiting: (() => void)[] = [];
  const broker = await Broker.create({
    authenticate: (username) => Promise.resolve(principalOf(username)),
    certified: () => ({ code: 'certificate_unknown', detail: 'no certificates here' }),
    receive: async (principal, _topic, payload) => {
      received.push({ device: principal.kind === 'device' ? principal.device : 'flows', payload });
      if (principal.kind === 'device' && stalled) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    refused: ({ detail }) => {
      throw new Error(detail);
    },
    failed: (error) => {
      throw error;
    },
    connected: () => {},
    subscribed: () => {},
    disconnected: () => {},
    withheld: () => {},
    notForwarded: () => {},
    bans: { failed: () => 'counted' },
    messagesPerSecond: 1e9,
  });
  const port = await freePort();
  await listenOn(createPlainListener(broker), { host: '127.0.0.1', port, setting: 'CAMPUS_MQTT_PORT' });
  const goOn = (): void => {
    stalled = false;
    for (const take of waiting.splice(0)) take();
  };
  onTestFinished(() => {
    goOn();
    return broker.close();
  });
  const held = (device?: string): number =>
    received.reduce((sum, one) => sum + (device === undefined || one.device === device ? one.payload.length : 0), 0);
  const connect = async (username: string, options: { onPuback?: (id: number) => void; keepalive?: number } = {}) => {
    const account = { username, password: 'any' };
    const connection = await Connection.open({ port, account, clientId: username.replace('/', '-'), ...options });
    onTestFinished(() => connection.cut());
    return connection;
  };
  return { received, held, connect, goOn, takeOne: () => waiting.shift()?.() };
}

function principalOf(username: string): VerifiedPrincipal {
  const [site = '', device = ''] = username.split('/');
  return device === 'flows'
    ? { kind: 'flows', site, username, version: 1 }
    : { kind: 'device', site, device, username, version: 1 };
}

function publish(connection: Connection, device: string, size: number, ids: readonly number[]): void {
  for (const id of ids) {
    const payload = Buffer.alloc(size);
    payload.writeUInt32BE(id);
    connection.publish(`campus/v1/school/${device}/telemetry`, payload, id);
  }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** The figure once it has not grown for half a second. */
async function atRest(figure: () => number): Promise<number> {
  let before = -1;
  return until(
    'the figure stands still',
    () => {
      const stands = figure() === before && before > 0;
      before = figure();
      return stands && before;
    },
    { everyMs: 500 },
  );
}

describe('a disk that takes nothing', () => {
  it.each([256 * 1024, 10_000, 300])(
    'lets one client bring no more than its bound, in payloads of %d bytes',
    async (size) => {
      const { held, connect, received, goOn } = await stalledBroker();
      const acknowledged: number[] = [];
      const connection = await connect('school/room-1', { onPuback: (id) => acknowledged.push(id) });
      const ids = upTo(Math.min(60_000, Math.ceil((8 * bytesPerClient) / size)));
      publish(connection, 'room-1', size, ids);
      expect(await atRest(held)).toBeLessThanOrEqual(bytesPerClient + SLACK);
      expect(connection.unsentBytes).toBeGreaterThan(0);

      goOn();
      await until('everything is acknowledged', () => acknowledged.length === ids.length, { timeoutMs: 20_000 });
      const order = received.map(({ payload }) => Buffer.from(payload).readUInt32BE());
      expect(order).toEqual(ids);
    },
  );

  it('counts small messages by what they take in memory, which is far more than their payload', async () => {
    const { connect, received, goOn } = await stalledBroker();
    const devices = upTo(60).map((index) => `room-${index}`);
    for (const device of devices) publish(await connect(`school/${device}`), device, 40, upTo(200));
    const most = (bytes + 2 * SLACK) / MESSAGE_BYTES;
    expect(await atRest(() => received.length)).toBeLessThanOrEqual(most);

    goOn();
    await until('everything is taken', () => received.length === devices.length * 200, { timeoutMs: 20_000 });
  });

  it('lets whoever sends little have its turn while others flood', async () => {
    const { connect, received, takeOne } = await stalledBroker();
    const loud = upTo(16).map((index) => `loud-${index}`);
    for (const device of loud) publish(await connect(`school/${device}`), device, 40, upTo(3000));
    const quiet = await connect('school/quiet');
    await atRest(() => received.length);
    publish(quiet, 'quiet', 40, [1]);
    const before = received.length;
    await until(
      'the quiet device is heard',
      () => {
        for (let count = 0; count < 100; count++) takeOne();
        return received.some(({ device }) => device === 'quiet');
      },
      { everyMs: 1, timeoutMs: 20_000 },
    );
    // One read of each of the others lies before it, and what was under way.
    expect(received.length - before).toBeLessThan(16 * 300);
  });

  it('lets all together bring no more than theirs, holds up neither flows nor whoever connects, and takes nobody for dead', async () => {
    const { held, connect, received, goOn } = await stalledBroker();
    const idle = await connect('school/idle', { keepalive: 1 });
    let closed = false;
    void idle.closed.then(() => {
      closed = true;
    });
    const devices = upTo(60).map((index) => `room-${index}`);
    for (const device of devices) publish(await connect(`school/${device}`), device, 100_000, upTo(20));
    expect(await atRest(held)).toBeLessThanOrEqual(bytes + SLACK);

    const acknowledged: number[] = [];
    const flows = await connect('school/flows', { onPuback: (id) => acknowledged.push(id) });
    flows.publish('campus/v1/school/flows/alert', Buffer.from('{}'), 1);
    await until('the alert request is acknowledged', () => acknowledged.length === 1, { timeoutMs: 2000 });
    // The idle client's pings have not been read for longer than its keep-alive allows.
    const since = performance.now();
    await until('time passes', () => performance.now() - since > 3000);
    expect(closed).toBe(false);

    goOn();
    const all = devices.length * 20;
    await until('everything is taken', () => received.length === all + 1, { timeoutMs: 20_000 });
    expect(closed).toBe(false);
  });
});
