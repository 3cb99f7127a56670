import { setTimeout as delay } from 'node:timers/promises';
import { Influxd } from '../../support/influxd.ts';
import { until } from '../../support/until.ts';
import { loadMeasurements } from '../load/fleet.ts';
import { HttpRelay } from '../machine/http-relay.ts';
import type { Scenario } from '../scenario.ts';
import { countFromInfluxdb } from '../stored/from-influxdb.ts';
import { settle, startSite } from '../under-load.ts';

/** The smallest spool that can be configured. */
const SPOOL_BYTES = 1024 * 1024;
/** No acknowledgement for this long means that they have stopped, ms. */
const STOPPED_MS = 2000;
/** The spool stays full for no longer than this: every message has come again several times by then. */
const FULL_SECONDS_MAX = 60;

export const spoolBound: Scenario = {
  name: 'spool-bound',
  title:
    'the spool reaches its bound while the store is away: acknowledgements stop, and afterwards everything drains, in order',
  run: async (run) => {
    const influxd = await Influxd.start();
    run.atEnd(() => influxd.remove());
    const order = new OrderOfArrival();
    const relay = await HttpRelay.listen(influxd.port, (body) => order.written(body));
    run.atEnd(() => relay.close());
    const config = `gateway: {store: "influxdb://127.0.0.1:${relay.port}/faults", spool: {max_bytes: ${SPOOL_BYTES}}}`;
    const count = countFromInfluxdb(influxd.port, 'faults');
    const site = await startSite(run, { config, count, load: { rate: 1000, padding: 1000 } });
    const { gateway, fleet } = site;
    await until('messages are acknowledged', () => fleet.acknowledged > 100);
    relay.shut();
    let last = { acknowledged: -1, at: performance.now() };
    const stopped = (): boolean => {
      if (fleet.acknowledged !== last.acknowledged) last = { acknowledged: fleet.acknowledged, at: performance.now() };
      return performance.now() - last.at > STOPPED_MS;
    };
    await until('acknowledgements stop', stopped, { timeoutMs: 60_000 });
    const bytes = await gateway.figure('campus_spool_bytes');
    run.say(`acknowledgements have stopped after ${fleet.acknowledged}, with ${bytes} bytes in the spool`);
    await delay(1000 * Math.min(FULL_SECONDS_MAX, run.effort.outageSeconds));
    const while_full = fleet.acknowledged - last.acknowledged;
    relay.unshut();
    await until('acknowledgements go on', () => fleet.acknowledged > last.acknowledged + while_full, {
      timeoutMs: 60_000,
    });
    const outcome = await settle(run, site, 120_000);
    if (bytes > SPOOL_BYTES) outcome.failures.push(`${bytes} bytes in a spool of ${SPOOL_BYTES}`);
    if (while_full > 0) outcome.failures.push(`${while_full} messages were acknowledged with a full spool`);
    outcome.failures.push(...order.disorder());
    Object.assign(outcome.figures, { spool_bytes: bytes });
    return outcome;
  },
};

/** In which order a database server was given the messages of each device, read off line protocol. */
class OrderOfArrival {
  readonly #last = new Map<string, number>();
  readonly #disorder: string[] = [];

  /** A batch may be written twice; then it begins again at a number that was there before, and goes on as it did. */
  written(body: string): void {
    const [measurement] = loadMeasurements;
    const before = new Map<string, number>();
    for (const line of body.split('\n').filter((text) => text.startsWith(`${measurement},`))) {
      const device = /,device=([^, ]+)/.exec(line)?.[1] ?? '';
      const sequence = Number(/[ ,]seq=(\d+)/.exec(line)?.[1]);
      const previous = before.get(device) ?? this.#last.get(device) ?? 0;
      const again = before.get(device) === undefined && sequence <= previous;
      if (!again && sequence !== previous + 1) this.#disorder.push(`${device}: ${sequence} after ${previous}`);
      before.set(device, sequence);
    }
    for (const [device, sequence] of before) this.#last.set(device, Math.max(sequence, this.#last.get(device) ?? 0));
  }

  disorder(): string[] {
    return this.#disorder.length === 0 ? [] : [`out of order: ${this.#disorder.slice(0, 5).join(', ')}`];
  }
}
