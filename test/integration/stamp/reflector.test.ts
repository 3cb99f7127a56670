import { createSocket, type Socket } from 'node:dgram';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { encodeSenderPacket, parseReflectorPacket, unknownClock } from '../../../contract/stamp/packet.ts';
import { stampLimits } from '../../../gateway/stamp/limits.ts';
import { openReflector, type StampCounts } from '../../../gateway/stamp/reflector.ts';
import { freePort } from '../../support/free-port.ts';
import { integerBetween, seededRandom } from '../../support/random.ts';
import { isRoot } from '../../support/root.ts';
import { until } from '../../support/until.ts';

/** A reflector on this machine, what it has counted, and a sender that keeps what comes back. */
async function open(sources: readonly string[] = ['local']) {
  const port = await freePort();
  const counted: StampCounts = { reflected: 0, refused: {} };
  const close = await openReflector({
    host: undefined,
    port,
    sources,
    ownNetworks: () => [],
    report: ({ reflected, refused }) => {
      counted.reflected += reflected;
      for (const reason of ['size', 'port', 'source', 'rate'] as const) {
        counted.refused[reason] = (counted.refused[reason] ?? 0) + (refused[reason] ?? 0);
      }
    },
    monotonicMs: () => performance.now(),
    wallMs: () => performance.timeOrigin + performance.now(),
  });
  onTestFinished(close);
  return { port, counted };
}

function makeSender(type: 'udp4' | 'udp6', port: number) {
  const socket: Socket = createSocket(type);
  onTestFinished(() => void socket.close());
  const replies: Buffer[] = [];
  socket.on('message', (message) => replies.push(message));
  const send = async (message: Uint8Array): Promise<void> => {
    await new Promise<void>((resolve, reject) => {
      socket.send(message, port, type === 'udp4' ? '127.0.0.1' : '::1', (error) => (error ? reject(error) : resolve()));
    });
    // The reflector runs in this process, and is to read before the kernel's buffer is full.
    await turn();
  };
  return { send, replies, socket };
}

const packet = (sequence: number, bytes = 44): Uint8Array => {
  const base = encodeSenderPacket({ sequence, timestampMs: Date.now(), errorEstimate: unknownClock, ssid: 4711 });
  return Buffer.concat([base, Buffer.alloc(bytes - base.length)]);
};

describe('the reflector', () => {
  test.each(['udp4', 'udp6'] as const)('answers over %s, with its own times in order', async (type) => {
    const { port } = await open();
    const { send, replies } = makeSender(type, port);
    const before = Date.now();
    await send(packet(1));
    const [reply] = await until('an answer', () => replies.length > 0 && replies);
    const { sender, ssid, receivedMs, timestampMs } = parseReflectorPacket(reply ?? Buffer.alloc(0));
    expect({ sequence: sender.sequence, ssid }).toEqual({ sequence: 1, ssid: 4711 });
    expect(receivedMs).toBeGreaterThan(before - 1000);
    expect(timestampMs).toBeGreaterThanOrEqual(receivedMs);
    expect(timestampMs - receivedMs).toBeLessThan(1000);
  });

  test('survives garbage, and never says more than was said to it', async () => {
    const { port, counted } = await open();
    const { send, replies } = makeSender('udp4', port);
    const random = seededRandom(862);
    const sizes: number[] = [];
    for (let count = 0; count < 300; count++) {
      const garbage = Buffer.from(
        Array.from({ length: integerBetween(random, 0, 200) }, () => integerBetween(random, 0, 255)),
      );
      if (garbage.length >= 44) sizes.push(garbage.length);
      await send(garbage);
    }
    await send(Buffer.alloc(9000, 0x41));
    await until('as many answers as long enough packets', () => replies.length === sizes.length);
    expect(replies.map(({ length }) => length)).toEqual(sizes);
    await until('the counts', () => counted.refused.size === 301 - sizes.length && counted.reflected === sizes.length);
  });

  test('slows one who floods it, and nobody else', async () => {
    const { port, counted } = await open();
    const { burst } = stampLimits.perSource;
    const flood = makeSender('udp4', port);
    for (let sequence = 0; sequence < burst * 3; sequence++) await flood.send(packet(sequence));
    const other = makeSender('udp6', port);
    await other.send(packet(7));
    await until('an answer to the other', () => other.replies.length === 1);
    await until('refusals', () => (counted.refused.rate ?? 0) > 0);
    expect(flood.replies.length).toBeLessThan(burst * 2);
  });

  test('says nothing to a stranger', async () => {
    const { port, counted } = await open(['192.0.2.0/24', '::1']);
    const stranger = makeSender('udp4', port);
    const known = makeSender('udp6', port);
    await stranger.send(packet(1));
    await until('the stranger is counted', () => counted.refused.source === 1);
    await known.send(packet(2));
    await until('an answer to the one who is known', () => known.replies.length === 1);
    expect(stranger.replies).toEqual([]);
  });

  test.skipIf(!isRoot)('does not answer services and reflectors, who would answer in turn', async () => {
    const { port, counted } = await open();
    const echo = makeSender('udp4', port);
    await new Promise<void>((resolve) => echo.socket.bind(19, '127.0.0.1', resolve));
    await echo.send(packet(1));
    await until('the service is counted', () => counted.refused.port === 1);
    expect(echo.replies).toEqual([]);
  });
});
