import { attack, closed, lanes, logIn } from '../attacker.ts';
import { brokenConnect, brokenPacket } from '../generators/mqtt.ts';
import type { Part, PartRun } from '../part.ts';
import { PAYLOAD_SHARE } from './payloads.ts';

const LANES = 48;
/** Packets of one connection: what does not end it is followed by the next. */
const EACH = 12;
/** A gateway that has something against a packet says so at once. */
const ANSWER_MS = 2;

/** Packets that break the protocol, before and after a log-in. */
export const packets: Part = {
  name: 'packets',
  title: 'mutated packets break the protocol, before and after a log-in: the connection ends, and nothing else',
  run: async (run) => {
    const total = Math.round(run.effort.packets * (1 - PAYLOAD_SHARE));
    const count = { packets: 0, connections: 0, ended: 0 };
    await lanes(LANES, async () => {
      while (count.packets < total) {
        count.connections += 1;
        await (run.random() < 0.2 ? beforeLogIn(run, count) : afterLogIn(run, count));
        run.progress(count.packets, total);
      }
    });
    return { figures: { ...count }, failures: [] };
  },
};

interface Count {
  packets: number;
  connections: number;
  ended: number;
}

async function beforeLogIn({ target, random }: PartRun, count: Count): Promise<void> {
  const socket = attack(target.gateway.mqttPort);
  socket.resume();
  socket.write(brokenConnect(random));
  count.packets += 1;
  if (await closed(socket, 20 * ANSWER_MS)) count.ended += 1;
  socket.resetAndDestroy();
}

async function afterLogIn({ target, random }: PartRun, count: Count): Promise<void> {
  const { accounts, gateway } = target;
  const account = accounts[count.connections % accounts.length] ?? { username: '', password: '' };
  const socket = await logIn(gateway.mqttPort, account, 'fuzz');
  if (socket === undefined) return;
  socket.resume();
  for (let sent = 0; sent < EACH && !socket.destroyed; sent += 1) {
    socket.write(brokenPacket(random, account.username));
    count.packets += 1;
    if (await closed(socket, ANSWER_MS)) count.ended += 1;
  }
  socket.resetAndDestroy();
}
