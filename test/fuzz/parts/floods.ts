import { setTimeout as delay } from 'node:timers/promises';
import { encodeConnect, encodePublish, encodeSubscribe } from '../../faults/mqtt/packets.ts';
import { attack, closed, lanes, logIn } from '../attacker.ts';
import type { Part, PartRun } from '../part.ts';

const LANES = 32;
const nobody = { username: '', password: '' };

/** Where the storm of log-ins comes from: beyond its rate of connections, nobody of that address gets in. */
const STORM_ADDRESS = '127.0.0.2';

/** Wrong passwords, as fast as they go. */
export const logIns: Part = {
  name: 'log-ins',
  title: 'a storm of log-ins with wrong passwords: right ones from elsewhere come in',
  run: async ({ target, effort, progress }) => {
    const { gateway, accounts } = target;
    const count = { logIns: 0, answered: 0, right: 0, rightRefused: 0, fromThere: 0, fromThereRefused: 0 };
    await lanes(LANES, async (lane) => {
      while (count.logIns < effort.logIns) {
        const username = count.logIns % 2 === 0 ? 'school/nobody' : (accounts[lane % accounts.length]?.username ?? '');
        const socket = attack(gateway.mqttPort, STORM_ADDRESS);
        socket.on('data', () => {
          count.answered += 1;
        });
        socket.write(encodeConnect({ clientId: 'x', username, password: `wrong-${count.logIns}`, keepalive: 60 }));
        count.logIns += 1;
        await closed(socket, 1000);
        socket.resetAndDestroy();
        progress(count.logIns, effort.logIns);
        if (count.logIns % 500 !== 0) continue;
        count.right += 1;
        const account = accounts[count.right % accounts.length] ?? nobody;
        const right = await logIn(gateway.mqttPort, account, 'right');
        if (right === undefined) count.rightRefused += 1;
        right?.resetAndDestroy();
        count.fromThere += 1;
        const there = await logIn(gateway.mqttPort, account, 'there', STORM_ADDRESS);
        if (there === undefined) count.fromThereRefused += 1;
        there?.resetAndDestroy();
      }
    });
    const failures =
      count.rightRefused > 0 ? [`${count.rightRefused} of ${count.right} right log-ins were refused`] : [];
    return { figures: { ...count }, failures };
  },
};

/** Messages that are kept for later subscribers, as many as the gateway takes. */
export const retained: Part = {
  name: 'retained',
  title:
    'devices change their retained state and inventory as fast as they can, and ask for other topics to be retained',
  run: (run) =>
    flooding(run, (username, turn) => {
      const payload = Buffer.from(
        `{"online":${turn % 2 === 0},"since":${turn},"boot":"fuzzfuzz","version":"${'9'.repeat(turn % 50)}"}`,
      );
      const channel = ['state', 'inventory', 'telemetry', 'event'][turn % 4] ?? 'state';
      const packet = encodePublish(`campus/v1/${username}/${channel}`, payload, (turn % 65_535) + 1, false);
      // The flag RETAIN (MQTT 3.1.1 §3.3.1.3).
      packet[0] = (packet[0] ?? 0) | 1;
      return packet;
    }),
};

/** Subscriptions, sound and not, as many as the gateway takes. */
export const subscriptions: Part = {
  name: 'subscriptions',
  title: 'devices and the flows subscribe again and again, to what they may have and what not',
  run: (run) =>
    flooding(run, (username, turn) =>
      encodeSubscribe(turn % 10 === 9 ? `campus/v1/#${turn}` : `campus/v1/${username}/command`, (turn % 65_535) + 1, 1),
    ),
};

/** Floods the gateway from several devices for a while; one that is sent away comes back. */
async function flooding(
  { target, effort, progress }: PartRun,
  packet: (username: string, turn: number) => Buffer,
): Promise<{ figures: Record<string, number>; failures: string[] }> {
  const { gateway, accounts } = target;
  const endAt = performance.now() + effort.seconds * 2000;
  const count = { packets: 0, connections: 0 };
  await lanes(LANES, async (lane) => {
    for (let turn = 0; performance.now() < endAt; ) {
      const account = accounts[(lane + count.connections) % accounts.length] ?? nobody;
      const socket = await logIn(gateway.mqttPort, account, `flood-${lane}`);
      count.connections += 1;
      if (socket === undefined) {
        await delay(100);
        continue;
      }
      socket.resume();
      while (!socket.destroyed && performance.now() < endAt) {
        for (let each = 0; each < 20; each += 1, turn += 1, count.packets += 1)
          socket.write(packet(account.username, turn));
        // The gateway slows whoever is too fast: the attacker must not run out of memory himself.
        await delay(socket.writableLength > 65_536 ? 50 : 2);
        progress(count.packets, count.packets);
      }
      socket.resetAndDestroy();
    }
  });
  return { figures: { ...count }, failures: [] };
}
