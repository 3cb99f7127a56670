import type { RoomCheckArguments } from '../../contract/room-check.ts';
import type { ThroughputResult } from '../../contract/throughput.ts';
import type { Host } from '../host/host.ts';
import { measureThroughput } from '../throughput/measure.ts';
import type { ThroughputTest } from './throughput-step.ts';
import { throughputTest } from './throughput-test.ts';
import { notNow, type Unmeasured, unmeasuredBy } from './unmeasured.ts';

export interface RoomThroughputOptions {
  host: Host;
  /** The URL to which the agent reports. */
  gateway: string;
  /** `agent.throughput.enabled`. */
  enabled: boolean;
  /** Takes what was measured. */
  measured: (result: ThroughputResult) => void;
}

/** The throughput of a check as the gateway has granted it, or why it has not. */
export function roomThroughput(
  { throughput: granted, throughput_refused: refused }: RoomCheckArguments,
  { host, gateway, enabled, measured }: RoomThroughputOptions,
): ThroughputTest | Unmeasured {
  if (!enabled || granted === undefined) return unmeasuredBy(enabled ? refused : 'command_unsupported') ?? notNow;
  return throughputTest(async (family, { signal, progress }) => {
    const result = await measureThroughput(
      { ...granted, families: [family] },
      { host, gateway, signal, progress: (share) => progress({ state: 'running', progress: share }) },
    );
    measured(result);
    return { state: 'done', result };
  });
}
