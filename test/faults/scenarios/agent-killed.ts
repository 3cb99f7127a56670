import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { QueueReader } from '../../../queue/queue-reader.ts';
import { openHome, readCredentials } from '../../../runtime/home.ts';
import { integerBetween } from '../../support/random.ts';
import { until } from '../../support/until.ts';
import { AgentRecord } from '../load/agent-record.ts';
import { Gateway } from '../machine/gateway.ts';
import type { ProductProcess } from '../machine/product-process.ts';
import { Relay } from '../mqtt/relay.ts';
import type { FaultRun, Outcome, Scenario } from '../scenario.ts';

/** An agent lives this long, ms: some lives are too short for a sample, some see several. */
const LIVES_MS = [300, 4000] as const;
/** The line is cut in every third life, for longer than the agent waits before it writes to its disk. */
const CUT_EVERY = 3;
const CUT_MS = 2600;

/** A gateway and an agent that reaches it by a relay. The agent's collectors run as often as they may. */
async function startAgent(
  run: FaultRun,
  record: AgentRecord,
): Promise<{ gateway: Gateway; agent: ProductProcess; relay: Relay }> {
  const gateway = await Gateway.prepare({ home: run.directory() });
  const relay = await Relay.listen({
    brokerPort: gateway.mqttPort,
    onAcknowledged: (topic, payload) => record.add(topic, payload),
  });
  run.atEnd(() => relay.close());
  gateway.configure(
    `agent: {gateway: "mqtt://127.0.0.1:${relay.port}", collectors: {system: {interval_seconds: 1}, network: {interval_seconds: 1}}}`,
  );
  run.atEnd(() => gateway.end());
  await gateway.start();
  const agent = gateway.beside('agent');
  run.atEnd(() => agent.end());
  return { gateway, agent, relay };
}

export const agentKilled: Scenario = {
  name: 'agent',
  title:
    'the agent is killed, its line cut now and then; no number of its messages is missing, and the store holds each point once',
  run: async (run) => {
    const record = new AgentRecord();
    const { gateway, agent, relay } = await startAgent(run, record);
    for (let count = 1; count <= run.effort.kills && !run.ended; count++) {
      await agent.start();
      const cut = count % CUT_EVERY === 0;
      if (cut) relay.cut();
      await delay(integerBetween(run.random, ...LIVES_MS) + (cut ? CUT_MS : 0));
      await agent.end('SIGKILL');
      relay.mend();
      run.say(`agent killed, ${count} of ${run.effort.kills}`);
    }
    await emptyOutbox(agent, gateway.home);
    run.say(`${record.acknowledged} messages of ${record.boots} runs acknowledged, comparing with the store`);
    return compare(record, gateway, run);
  },
};

/** Runs the agent, as often as it takes, until a stop in order leaves nothing on its disk. */
async function emptyOutbox(agent: ProductProcess, home: string): Promise<void> {
  const path = join(home, 'agent', 'outbox.sqlite');
  const isEmpty = async (): Promise<boolean> => {
    await agent.start();
    await delay(2000);
    await agent.end('SIGTERM');
    if (!existsSync(path)) return true;
    const reader = new QueueReader(path);
    const waiting = reader.read(0, { messages: 1, bytes: 1 }).length;
    reader.close();
    return waiting === 0;
  };
  await until('the outbox is empty', isEmpty, { timeoutMs: 60_000 });
}

async function compare(record: AgentRecord, gateway: Gateway, run: FaultRun): Promise<Outcome> {
  const [, device = ''] = readCredentials(openHome(gateway.home), 'agent')?.username.split('/') ?? [];
  const stored = await until('everything acknowledged is stored', async () => {
    const result = await record.compare(device, gateway.get);
    return result.lost.length === 0 && result;
  }).catch(() => record.compare(device, gateway.get));
  const holes = record.holes();
  const some = (names: readonly string[]): string => names.slice(0, 5).join(', ');
  return {
    lost: stored.lost.length + holes.length,
    doubled: stored.doubled.length,
    failures: [
      ...(stored.lost.length > 0 ? [`not stored: ${some(stored.lost)}`] : []),
      ...(stored.doubled.length > 0 ? [`doubled: ${some(stored.doubled)}`] : []),
      ...(holes.length > 0 ? [`numbers missing: ${some(holes)}`] : []),
      ...(record.acknowledged === 0 ? ['no message was acknowledged: nothing was tested'] : []),
    ],
    figures: { acknowledged: record.acknowledged, runs: record.boots, kills: run.effort.kills },
  };
}
