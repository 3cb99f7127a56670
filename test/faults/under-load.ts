import { Fleet, type FleetOptions } from './load/fleet.ts';
import { Gateway } from './machine/gateway.ts';
import type { FaultRun, Outcome } from './scenario.ts';
import { type Balance, settledBalance } from './stored/balance.ts';
import { countFromApi } from './stored/from-api.ts';
import type { CountStored } from './stored/stored.ts';

export interface UnderLoadOptions {
  /** Text of campus-edge.yaml. */
  config?: string;
  env?: NodeJS.ProcessEnv;
  /** The gateway's home; a fresh directory unless given. */
  home?: string;
  load?: Partial<Omit<FleetOptions, 'home' | 'mqttPort'>>;
  /** How the store is asked; the gateway's API unless given. */
  count?: CountStored;
}

/** A gateway with devices that report to it. */
export interface Site {
  gateway: Gateway;
  fleet: Fleet;
  count: CountStored;
}

/** Eight devices with 25 messages a second each: enough that every moment finds some on their way. */
const LOAD = { devices: 8, rate: 200 };

/** Starts a gateway and devices that report to it; both end with the run. */
export async function startSite(run: FaultRun, options: UnderLoadOptions = {}): Promise<Site> {
  const { config = '', env, home = run.directory() } = options;
  const gateway = await Gateway.prepare({ home, config, ...(env === undefined ? {} : { env }) });
  run.atEnd(() => gateway.end());
  await gateway.start();
  const fleet = await Fleet.start({ home, mqttPort: gateway.mqttPort, ...LOAD, ...options.load });
  run.atEnd(() => fleet.stop());
  fleet.report();
  return { gateway, fleet, count: options.count ?? countFromApi(gateway.get) };
}

/** Ends the load, waits until everything is acknowledged and stored, and compares. */
export async function settle(run: FaultRun, { fleet, count }: Site, timeoutMs = 60_000): Promise<Outcome> {
  await fleet.settle(timeoutMs);
  run.say(`${fleet.acknowledged} messages acknowledged, comparing with the store`);
  const result = await settledBalance(fleet.publishers, count, timeoutMs);
  return outcomeOf(result);
}

export function outcomeOf({ acknowledged, lost, doubled, strange }: Balance): Outcome {
  const some = (names: readonly string[]): string => names.slice(0, 5).join(', ');
  return {
    lost: lost.length,
    doubled: doubled.length,
    failures: [
      ...(lost.length > 0 ? [`lost: ${some(lost)}`] : []),
      ...(doubled.length > 0 ? [`doubled: ${some(doubled)}`] : []),
      ...(strange.length > 0 ? [`never sent: ${some(strange)}`] : []),
      ...(acknowledged === 0 ? ['no message was acknowledged: nothing was tested'] : []),
    ],
    figures: { acknowledged },
  };
}
