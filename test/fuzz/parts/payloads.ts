import type { Socket } from 'node:net';
import { encodePublish, PacketSplitter, packetType } from '../../faults/mqtt/packets.ts';
import { until } from '../../support/until.ts';
import { closed, lanes, logIn } from '../attacker.ts';
import { pick } from '../generators/bytes.ts';
import { channelNames, payload } from '../generators/payloads.ts';
import type { Part, PartRun } from '../part.ts';

/** Share of the packets that are sound MQTT with a mutated payload; the others break the protocol, and so the connection. */
export const PAYLOAD_SHARE = 0.9;
const LANES = 24;
/** Messages of a connection that wait for their acknowledgement. */
const WINDOW = 200;
const LAST_ID = 0xffff;

/** Devices with right passwords that send nonsense: each message is acknowledged, and most are kept as rejects. */
export const payloads: Part = {
  name: 'payloads',
  title: 'devices send mutated payloads on every channel: each is acknowledged or ends its connection',
  run: async (run) => {
    const total = Math.round(run.effort.packets * PAYLOAD_SHARE);
    const count = { sent: 0, acknowledged: 0, connections: 0 };
    await lanes(LANES, async (lane) => {
      while (count.sent < total) await oneConnection(run, lane, total, count);
    });
    const figures = { payloads: count.sent, acknowledged: count.acknowledged, connections: count.connections };
    // What was under way when a connection ended has no acknowledgement.
    const missing = count.sent - count.acknowledged - count.connections * WINDOW;
    return { figures, failures: missing > 0 ? [`${missing} payloads were not acknowledged`] : [] };
  },
};

interface Count {
  sent: number;
  acknowledged: number;
  connections: number;
}

async function oneConnection({ target, random, progress }: PartRun, lane: number, total: number, count: Count) {
  const { accounts, gateway } = target;
  const account = accounts[(lane + count.connections * LANES) % accounts.length] ?? { username: '', password: '' };
  const socket = await logIn(gateway.mqttPort, account, `fuzz-${lane}`);
  count.connections += 1;
  if (socket === undefined) return;
  const waiting = watch(socket, () => {
    count.acknowledged += 1;
  });
  let id = 0;
  while (!socket.destroyed && count.sent < total) {
    const channel = pick(random, channelNames);
    id = (id % LAST_ID) + 1;
    socket.write(
      encodePublish(`campus/v1/${account.username}/${channel}`, payload(random, channel, Date.now()), id, false),
    );
    waiting.sent += 1;
    count.sent += 1;
    if (count.sent % 1000 === 0) progress(count.sent, total);
    if (waiting.sent - waiting.acknowledged >= WINDOW)
      await until('acknowledgements', () => socket.destroyed || waiting.sent - waiting.acknowledged < WINDOW / 2, {
        everyMs: 5,
        timeoutMs: 60_000,
      });
  }
  await until('the last acknowledgements', () => socket.destroyed || waiting.sent === waiting.acknowledged, {
    timeoutMs: 60_000,
  });
  socket.resetAndDestroy();
  await closed(socket, 1000);
}

/** Counts a connection's acknowledgements. */
function watch(socket: Socket, acknowledged: () => void): { sent: number; acknowledged: number } {
  const splitter = new PacketSplitter();
  const count = { sent: 0, acknowledged: 0 };
  socket.on('data', (chunk: Buffer) => {
    for (const { type } of splitter.feed(chunk)) {
      if (type !== packetType.puback) continue;
      count.acknowledged += 1;
      acknowledged();
    }
  });
  return count;
}
