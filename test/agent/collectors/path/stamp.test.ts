import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { describe, expect, onTestFinished, test } from 'vitest';
import { probeStamp } from '../../../../agent/collectors/path/stamp.ts';
import type { Run } from '../../../../agent/collectors/path/statistics.ts';
import { LinuxHost } from '../../../../agent/host/linux.ts';
import { encodeReflectorPacket, parseSenderPacket, unknownClock } from '../../../../contract/stamp/packet.ts';
import { noSignal } from '../../tree.ts';

type Answer = (request: Buffer, send: (reply: Uint8Array) => void, socket: Socket, from: RemoteInfo) => void;

/** Sends ten packets to somebody who does with them as told. */
async function probe(answer: Answer): Promise<Run> {
  const socket = createSocket('udp4');
  onTestFinished(() => void socket.close());
  socket.on('message', (request, from) =>
    answer(request, (reply) => socket.send(reply, from.port, from.address), socket, from),
  );
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return probeStamp(
    new LinuxHost(),
    { address: '127.0.0.1', port: socket.address().port },
    { schedule: { packets: 10, intervalMs: 10 }, signal: noSignal },
  );
}

/** A right answer that says it had the packet at `receivedMs` and answered at `timestampMs`. */
function reply(request: Buffer, { receivedMs, timestampMs, ssid }: Partial<Record<string, number>> = {}): Uint8Array {
  const { ssid: own, ...sender } = parseSenderPacket(request);
  return encodeReflectorPacket({
    sequence: sender.sequence,
    timestampMs: timestampMs ?? sender.timestampMs,
    receivedMs: receivedMs ?? sender.timestampMs,
    errorEstimate: unknownClock,
    ssid: ssid ?? own,
    sender,
    senderTtl: 64,
  });
}

const numbers = ({ replies }: Run): number[] => replies.map(({ sequence }) => sequence).toSorted((a, b) => a - b);
const all = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

describe('a session', () => {
  test('takes the answers to its packets, from reflectors that know no session identifiers, too', async () => {
    const known = await probe((request, send) => send(reply(request)));
    expect(known.sent).toBe(10);
    expect(numbers(known)).toEqual(all);
    expect(numbers(await probe((request, send) => send(reply(request, { ssid: 0 }))))).toEqual(all);
  });

  test('takes no garbage, no answer to what it did not send, and none of another session', async () => {
    const run = await probe((request, send) => {
      send(Buffer.alloc(0));
      send(request.subarray(0, 43));
      send(Buffer.alloc(44, 0xff));
      send(Buffer.alloc(1400, 0x41));
      send(reply(request, { ssid: parseSenderPacket(request).ssid ^ 1 }));
      const otherNumber = Buffer.from(request);
      otherNumber.writeUInt32BE(4711);
      send(reply(otherNumber));
      const otherTime = Buffer.from(request);
      otherTime.writeUInt32BE(otherTime.readUInt32BE(4) - 1, 4);
      send(reply(otherTime));
    });
    expect(run).toEqual({ sent: 10, replies: [] });
  });

  test('hears nobody but its peer', async () => {
    const stranger = createSocket('udp4');
    onTestFinished(() => void stranger.close());
    const run = await probe((request, _send, _socket, { port }) => stranger.send(reply(request), port, '127.0.0.1'));
    expect(run.replies).toEqual([]);
  });

  test('counts packets that come twice, and bounds what it keeps of those that come a hundred times', async () => {
    const twice = await probe((request, send) => {
      send(reply(request));
      send(reply(request));
    });
    expect(twice.replies.length).toBeGreaterThan(10);
    const flood = await probe((request, send) => {
      if (parseSenderPacket(request).sequence > 0) return;
      for (let copy = 0; copy < 100; copy++) send(reply(request));
    });
    expect(flood.replies).toHaveLength(40);
  });

  test('takes the reflector’s own time off, unless it is more than all of it', async () => {
    const believed = await probe((request, send) => {
      const { timestampMs } = parseSenderPacket(request);
      setTimeout(() => send(reply(request, { receivedMs: timestampMs, timestampMs: timestampMs + 40 })), 50);
    });
    expect(numbers(believed)).toEqual(all);
    for (const { rttMs, forwardMs } of believed.replies) {
      expect(rttMs).toBeGreaterThan(8);
      expect(forwardMs).toBeDefined();
    }
    for (const claimed of [-5000, 3_600_000]) {
      const absurd = await probe((request, send) => {
        const { timestampMs } = parseSenderPacket(request);
        send(reply(request, { receivedMs: timestampMs, timestampMs: timestampMs + claimed }));
      });
      expect(numbers(absurd)).toEqual(all);
      for (const { rttMs, forwardMs } of absurd.replies) {
        expect(rttMs).toBeGreaterThan(0);
        expect(forwardMs).toBeUndefined();
      }
    }
  });

  test('ends when it is told to', async () => {
    const told = AbortSignal.timeout(50);
    const run = probeStamp(
      new LinuxHost(),
      { address: '127.0.0.1', port: 9 },
      { schedule: { packets: 10, intervalMs: 400 }, signal: told },
    );
    await expect(run).rejects.toMatchObject({ name: 'AbortError' });
  });
});
