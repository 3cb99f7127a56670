import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { Door } from '../../../gateway/broker/door.ts';
import { brokerLimits } from '../../../gateway/broker/limits.ts';

const ADDRESS = '192.0.2.7';

function setUp() {
  const refused: string[] = [];
  const door = new Door({
    refused: (address) => void refused.push(address),
    connectsPerSecond: 10_000,
    now: () => 0,
  });
  const come = (address = ADDRESS): PassThrough => {
    const connection = new PassThrough();
    door.admit(connection, address);
    return connection;
  };
  return { door, refused, come };
}

test('who begins no handshake goes when more come of his address, and who has ended his takes one place only', () => {
  const { door, refused, come } = setUp();
  const [first, second] = [come(), come()];
  const secured = new PassThrough();
  door.handOver(second, secured, ADDRESS);
  for (let count = 2; count < brokerLimits.lobby.perAddress; count += 1) come();
  expect(refused).toEqual([]);
  come();
  expect(refused).toEqual([ADDRESS]);
  expect(first.destroyed).toBe(true);
  // The one whose handshake ended came later than all who waited then.
  expect([second.destroyed, secured.destroyed]).toEqual([false, false]);
});

test('who has shown who he is stays, however many come', () => {
  const { door, come } = setUp();
  const below = come();
  const secured = new PassThrough();
  door.handOver(below, secured, ADDRESS);
  door.proved(secured);
  for (let count = 0; count < brokerLimits.lobby.perAddress + 5; count += 1) come();
  expect([below.destroyed, secured.destroyed]).toEqual([false, false]);
});

test('more connections a second than one address may have are closed before their handshake', () => {
  const refused: string[] = [];
  const door = new Door({
    refused: (_address, detail) => void refused.push(detail),
    connectsPerSecond: undefined,
    now: () => 0,
  });
  const { burst } = brokerLimits.connectsPerAddress;
  for (let count = 0; count < burst; count += 1) {
    const connection = new PassThrough();
    expect(door.admit(connection, ADDRESS)).toBe(true);
    connection.destroy();
    door.proved(connection);
  }
  const late = new PassThrough();
  expect(door.admit(late, ADDRESS)).toBe(false);
  expect(late.destroyed).toBe(true);
  expect(refused).toEqual([expect.stringMatching(/^expected at most 200 connections a second/)]);
});
