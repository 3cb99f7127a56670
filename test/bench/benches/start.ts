import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { channelTopic } from '../../../contract/topics.ts';
import { until } from '../../support/until.ts';
import { alone, type BenchContext, type BenchOutcome, inRounds } from '../bench.ts';
import type { Cleanup } from '../cleanup.ts';
import { type Figures, rounded } from '../figures.ts';
import { PooledValues } from '../load/field-values.ts';
import { CALM, encodeBatch, MachineMetrics, metricNames } from '../load/machine-metrics.ts';
import { MqttConnection } from '../load/mqtt-connection.ts';
import { endProcess, hasEnded, withTail } from '../processes.ts';
import { Campus } from '../stacks/campus.ts';
import { Ming } from '../stacks/ming.ts';
import { installMing } from '../stacks/ming-packages.ts';

const PROGRAM = fileURLToPath(new URL('../../../cli/campus-edge.js', import.meta.url));

/** How often everything is tried while the product starts. */
const POLL_MS = 20;
const TIMEOUT_MS = 120_000;

/**
 * From `campus-edge up` to /readyz answering 200, and to the first sample of a device that waits for it in a query's answer. The peer's
 * three programs are started one after another, each when the one that it needs listens.
 */
export function measureStart(
  { rounds, peer }: { rounds: number; peer: boolean },
  context: BenchContext,
): Promise<BenchOutcome> {
  return inRounds(rounds, context, async (inner) => {
    if (peer) installMing();
    const campus = await Campus.prepare(inner.cleanup, { devices: 1 });
    inner.progress.phase('campus-edge · first start, in an empty home');
    const first = await startOnce(campus, 1, inner);
    inner.progress.phase('campus-edge · second start');
    const second = await startOnce(campus, 2, inner);
    const ours = { first_start: first, second_start: second };
    if (!peer) return { ours };
    inner.progress.phase('MING · first start, in empty directories');
    const theirs = await startPeerOnce(inner);
    return {
      ours,
      peer: { first_start: { first_sample_ms: rounded(theirs) } },
      ratios: { first_sample: first.first_sample_ms / theirs },
    };
  });
}

/** From starting the first of its programs until a sample, sent again and again, can be queried; ms. */
function startPeerOnce(context: BenchContext): Promise<number> {
  return alone(context, async ({ cleanup }) => {
    const startedAt = performance.now();
    const ming = await Ming.start(cleanup, { devices: 1, settle: false });
    const [account] = ming.accounts;
    if (account === undefined) throw new Error('expected an account');
    const connection = await MqttConnection.open({ port: ming.mqttPort, clientId: 'bench-start' });
    cleanup.defer(() => connection.end());
    const machine = new MachineMetrics(account, new PooledValues(0));
    let sequence = 0;
    const isStored = async (): Promise<boolean> => {
      const metrics = machine.metrics({ sequence: ++sequence, time: Date.now(), watched: CALM });
      connection.publish(channelTopic(account.site, account.device, 'telemetry'), encodeBatch(metrics), sequence);
      return (await ming.counts()).length === metricNames.length;
    };
    await until('the first sample could be queried', isStored, { timeoutMs: TIMEOUT_MS, everyMs: POLL_MS });
    return performance.now() - startedAt;
  });
}

/** @param start the number of this start; as many samples are stored when it is over */
function startOnce(
  campus: Campus,
  start: number,
  context: BenchContext,
): Promise<Figures & { first_sample_ms: number }> {
  return alone(context, async ({ cleanup }) => {
    const startedAt = performance.now();
    const up = withTail(spawn(process.execPath, [PROGRAM, 'up', '--home', campus.home.dir], { env: campus.env }));
    cleanup.defer(() => endProcess(up.child));
    const moment = async (what: string, ask: () => Promise<boolean>): Promise<number> => {
      const asked = async (): Promise<boolean> => {
        if (hasEnded(up.child)) throw new Error(`\`up\` ended before ${what}\n${up.tail()}`);
        return ask();
      };
      await until(what, asked, { timeoutMs: TIMEOUT_MS, everyMs: POLL_MS });
      return performance.now() - startedAt;
    };
    const [ready, sample] = await Promise.all([
      moment('/readyz answered 200', () => campus.isReady()),
      reportOnce(campus, { sequence: start, cleanup, child: up.child }).then(() =>
        moment('the first sample could be queried', async () => Math.min(...(await campus.counts())) >= start),
      ),
    ]);
    return { ready_ms: rounded(ready), first_sample_ms: rounded(sample) };
  });
}

/** A device that tries to connect until the gateway is there, and sends one sample. */
async function reportOnce(
  { accounts, mqttPort: port }: Campus,
  { sequence, cleanup, child }: { sequence: number; cleanup: Cleanup; child: ChildProcess },
): Promise<void> {
  const [account] = accounts;
  if (account === undefined) throw new Error('expected an account');
  const { username = '', password = '', site, device } = account;
  while (!hasEnded(child)) {
    try {
      const connection = await MqttConnection.open({ port, clientId: `bench-${device}`, username, password });
      cleanup.defer(() => connection.end());
      const sample = { sequence, time: Date.now(), watched: CALM };
      const metrics = new MachineMetrics(account, new PooledValues(0)).metrics(sample);
      connection.publish(channelTopic(site, device, 'telemetry'), encodeBatch(metrics), 1);
      return;
    } catch {
      // Nobody listens yet, or the gateway is not ready to check the password.
      await delay(POLL_MS);
    }
  }
}
