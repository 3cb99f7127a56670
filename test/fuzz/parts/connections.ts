import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../../support/until.ts';
import { attack, lanes, logIn, opened } from '../attacker.ts';
import type { Part, PartOutcome, PartRun } from '../part.ts';

const LANES = 50;
/** An administrator's request is answered within this time whatever goes on, ms. */
const ANSWER_MS = 2000;

/** Connections that say nothing. */
export const halfOpen: Part = {
  name: 'half-open',
  title: 'thousands of connections that say nothing, to MQTT and to HTTP: who has an account comes in all the same',
  run: (run) => holding(run, run.effort.connections, { mqtt: '', http: '' }),
};

/** Connections that say something, ever so slowly. */
export const slowLoris: Part = {
  name: 'slow-loris',
  title: 'connections that send a byte now and then, to MQTT and to HTTP: who has an account comes in all the same',
  run: (run) =>
    holding(run, run.effort.connections / 2, {
      mqtt: '\u0010\u00ff\u0001\u0000\u0004MQTT',
      http: 'GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ',
    }),
};

/** Connections that are logged in and do nothing. */
export const openConnections: Part = {
  name: 'open',
  title: 'thousands of devices that are connected and quiet',
  run: async ({ target, effort, progress }) => {
    const { gateway, accounts } = target;
    const wanted = Math.min(2 * effort.connections, 8 * accounts.length);
    const sockets: Socket[] = [];
    let next = 0;
    await lanes(LANES, async () => {
      while (next < wanted) {
        const index = next;
        next += 1;
        const account = accounts[index % accounts.length] ?? { username: '', password: '' };
        let socket: Socket | undefined;
        // New connections come at a bounded rate: whoever is refused waits, as a device does.
        for (let tries = 0; tries < 20 && socket === undefined; tries += 1) {
          socket = await logIn(gateway.mqttPort, account, `open-${index}`);
          if (socket === undefined) await delay(500);
        }
        if (socket !== undefined) sockets.push(socket.resume());
        progress(sockets.length, wanted);
      }
    });
    const most = await gateway.figure('campus_connections');
    await delay(effort.seconds * 1000);
    const stayed = sockets.filter(({ destroyed }) => !destroyed).length;
    for (const socket of sockets) socket.resetAndDestroy();
    await until('all are gone', async () => (await gateway.figure('campus_connections')) < 100, { timeoutMs: 60_000 });
    const failures = stayed < wanted ? [`expected ${wanted} connections to stay, got ${stayed}`] : [];
    return { figures: { opened: sockets.length, stayed, counted: most }, failures };
  },
};

/** Opens connections to both ports, says on each what is given and a byte a second then, and asks meanwhile as a program and a device would. */
async function holding(
  { target, effort, progress }: PartRun,
  count: number,
  { mqtt, http }: { mqtt: string; http: string },
): Promise<PartOutcome> {
  const { gateway, accounts, tokens } = target;
  const sockets: Socket[] = [];
  const open = async (port: number, text: string): Promise<void> => {
    const socket = attack(port);
    sockets.push(socket);
    socket.resume();
    if ((await opened(socket)) && text !== '') socket.write(text, 'latin1');
  };
  const asked = { times: 0, slowestMs: 0, refused: 0, loggedIn: 0 };
  const attackEnds = new AbortController();
  const asking = (async () => {
    for (let turn = 0; !attackEnds.signal.aborted; turn += 1) {
      const begun = performance.now();
      const headers = { authorization: `Bearer ${tokens[0] ?? ''}` };
      const ok = await fetch(`http://127.0.0.1:${gateway.httpPort}/api/v1/devices?limit=1`, { headers }).then(
        async (answer) => {
          await answer.text();
          return answer.ok;
        },
        () => false,
      );
      const device = await logIn(
        gateway.mqttPort,
        accounts[turn % accounts.length] ?? { username: '', password: '' },
        'x',
      );
      device?.resetAndDestroy();
      asked.times += 1;
      asked.loggedIn += Number(device !== undefined);
      asked.refused += Number(!ok);
      asked.slowestMs = Math.max(asked.slowestMs, Math.round(performance.now() - begun));
      await delay(100);
    }
  })();
  let begun = 0;
  await lanes(LANES, async () => {
    while (begun < count) {
      begun += 1;
      await open(gateway.mqttPort, mqtt);
      await open(gateway.httpPort, http);
      progress(begun, count);
    }
  });
  for (let second = 0; second < effort.seconds; second += 1) {
    if (mqtt !== '') for (const socket of sockets) if (!socket.destroyed) socket.write('a');
    await delay(1000);
  }
  const held = sockets.filter(({ destroyed }) => !destroyed).length;
  attackEnds.abort();
  await asking;
  for (const socket of sockets) socket.resetAndDestroy();
  const failures = [
    ...(asked.refused > 0 ? [`an administrator was refused ${asked.refused} of ${asked.times} times`] : []),
    ...(asked.loggedIn < asked.times
      ? [`a device was refused ${asked.times - asked.loggedIn} of ${asked.times} times`]
      : []),
    ...(asked.slowestMs > ANSWER_MS ? [`an administrator and a device waited ${asked.slowestMs} ms`] : []),
  ];
  return { figures: { connections: sockets.length, held, asked: asked.times, slowestMs: asked.slowestMs }, failures };
}
