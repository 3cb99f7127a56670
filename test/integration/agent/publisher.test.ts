import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { Publisher, type PublisherOptions } from '../../../agent/publisher.ts';
import { recordingLog } from '../../agent/recording-log.ts';
import { freePort } from '../../support/free-port.ts';
import { until } from '../../support/until.ts';
import { Broker } from './broker.ts';

let broker: Broker;

beforeEach(async () => {
  broker = new Broker(await freePort());
  await broker.start();
  return () => broker.stop();
});

function makePublisher(options: Partial<PublisherOptions> = {}) {
  const { log, lines } = recordingLog();
  const publisher = new Publisher({
    url: `mqtt://127.0.0.1:${broker.port}`,
    credentials: { site: 'school', username: 'school/room-1', password: 'secret-word' },
    boot: '0123456789abcdef',
    version: '1.2.3',
    now: Date.now,
    random: () => 0,
    log,
    onConnect: () => undefined,
    onCommand: () => undefined,
    ...options,
  });
  onTestFinished(() => publisher.close());
  return { publisher, lines };
}

const connected = (publisher: Publisher) => until('a connection', () => publisher.connected);

describe('the publisher', () => {
  test('says that it is there, retained, and when it goes, that it was meant to', async () => {
    const { publisher } = makePublisher();
    await until('the state', () => broker.on('state').length === 1);
    expect(broker.received[0]).toMatchObject({ topic: 'campus/v1/school/room-1/state', retain: true });
    expect(broker.on('state')).toEqual([
      { online: true, since: expect.any(Number), boot: '0123456789abcdef', version: '1.2.3' },
    ]);
    await publisher.close();
    expect(broker.on('state')[1]).toMatchObject({ online: false, planned: true });
    // A connection that was closed properly leaves no will.
    expect(broker.on('state')).toHaveLength(2);
  });

  test('publishes the inventory, retained, again at each connection', async () => {
    const { publisher } = makePublisher();
    await connected(publisher);
    publisher.publishInventory('{"type":"DeviceMonitoring"}');
    await until('the inventory', () => broker.on('inventory').length === 1);
    await broker.stop();
    await broker.start();
    await until('the inventory again', () => broker.on('inventory').length === 2);
    expect(broker.received.at(-1)).toMatchObject({ topic: 'campus/v1/school/room-1/inventory', retain: true });
  });

  test('tells an acknowledged message from one that was lost with the connection', async () => {
    const { publisher } = makePublisher();
    await connected(publisher);
    expect(await publisher.publish('telemetry', '{}')).toBe(true);
    broker.acknowledges = false;
    const lost = publisher.publish('telemetry', '{}');
    await broker.stop();
    expect(await lost).toBe(false);
    expect(await publisher.publish('telemetry', '{}')).toBe(false);
  });

  test('is back within 2 s of the gateway, says so, and sends nothing a second time by itself', async () => {
    let connections = 0;
    const { publisher, lines } = makePublisher({ onConnect: () => void connections++ });
    await connected(publisher);
    broker.acknowledges = false;
    const lost = publisher.publish('telemetry', '{"n":1}');
    await broker.stop();
    await lost;
    await new Promise((resolve) => setTimeout(resolve, 2000));
    broker.acknowledges = true;
    await broker.start();
    await until('a new connection', () => connections === 2, { timeoutMs: 2000 });
    await until('the state', () => broker.on('state').length === 2);
    expect(broker.on('telemetry')).toEqual([]);
    expect(lines.filter(({ msg }) => msg.includes('no connection'))).toHaveLength(1);
  });

  test('hears the time after it has been told that it may, each time it asks, at each connection', async () => {
    const heard: string[] = [];
    const { publisher } = makePublisher({ onCommand: (payload) => heard.push(JSON.parse(String(payload)).command) });
    const ask = () => publisher.subscribeCommands((granted) => heard.push(String(granted)));
    ask();
    expect(heard).toEqual(['false']);
    await connected(publisher);
    for (let questions = 1; questions <= 3; questions++) {
      ask();
      await until('the time', () => heard.length === 1 + 2 * questions);
    }
    expect(heard.slice(1)).toEqual(['true', 'time', 'true', 'time', 'true', 'time']);
    await broker.stop();
    await broker.start();
    await until('a new connection', () => publisher.connections === 2);
    heard.length = 0;
    ask();
    await until('the time', () => heard.length === 2);
    expect(heard).toEqual(['true', 'time']);
  });

  test('knows when a question is refused, or lost with the connection', async () => {
    const { publisher } = makePublisher();
    await connected(publisher);
    const ask = () => new Promise((resolve) => publisher.subscribeCommands(resolve));
    broker.allowsSubscriptions = false;
    expect(await ask()).toBe(false);
    broker.allowsSubscriptions = true;
    const lost = ask();
    await broker.stop();
    expect(await lost).toBe(false);
  });

  test('says that a password is wrong, never which, and does not hurry', async () => {
    broker.admits = () => false;
    const { lines } = makePublisher();
    const line = await until('the log line', () => lines.find(({ code }) => code === 'credentials_wrong'));
    expect(line.msg).toContain('refuses the user name or password of school/room-1');
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(broker.asked).toEqual(['school/room-1']);
    expect(JSON.stringify(lines)).not.toContain('secret-word');
  });

  test('refuses credentials that name no device of the site', () => {
    const credentials = { site: 'school', username: 'other/room-1', password: 'x' };
    expect(() => makePublisher({ credentials })).toThrow('expected the user name school/{device}, got "other/room-1"');
  });
});
