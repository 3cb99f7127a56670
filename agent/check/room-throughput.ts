import { CampusError, type ErrorCode } from '../../contract/errors.ts';
import type { RoomCheckArguments } from '../../contract/room-check.ts';
import type { ThroughputLeg, ThroughputResult } from '../../contract/throughput.ts';
import type { Host } from '../host/host.ts';
import { measureThroughput } from '../throughput/measure.ts';
import { findTarget } from '../throughput/target.ts';
import { obstacle, text } from './step.ts';
import type { ThroughputOutcome, ThroughputTest, Unmeasured } from './throughput-step.ts';

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
): ThroughputTest {
  if (!enabled) return async () => switchedOff;
  if (granted === undefined) return async () => refusals[refused ?? 'internal'] ?? notNow;
  return async (family, signal) => {
    try {
      const args = { ...granted, families: [family] };
      const { addresses } = await findTarget(host, gateway, args);
      if (addresses[family] === undefined) return 'no-address';
      const result = await measureThroughput(args, { host, gateway, signal, progress: () => undefined });
      measured(result);
      return figuresOf(result.legs);
    } catch (error) {
      if (!(error instanceof CampusError)) throw error;
      return error.code === 'program_missing' ? missingHere : { error: error.message };
    }
  };
}

function figuresOf(legs: readonly ThroughputLeg[]): ThroughputOutcome {
  const of = (way: ThroughputLeg['direction']): number | undefined => {
    const bits = legs.find(({ direction }) => direction === way)?.bits_per_second;
    return bits === undefined ? undefined : bits / 1e6;
  };
  const [down, up, error] = [of('down'), of('up'), legs.find((leg) => leg.error !== undefined)?.error];
  return {
    ...(down === undefined ? {} : { downMbitPerSecond: down }),
    ...(up === undefined ? {} : { upMbitPerSecond: up }),
    ...(error === undefined ? {} : { error }),
  };
}

const switchedOff = obstacle(
  text('that is switched off on this machine', '本机已关闭此功能'),
  text('setting agent.throughput.enabled on it', '在本机开启 agent.throughput.enabled'),
);
const missingHere = obstacle(
  text('iperf3 is not installed on this machine', '本机未安装 iperf3'),
  text('installing it (apt install iperf3)', '安装 iperf3（apt install iperf3）'),
);
const notNow = obstacle(
  text('the gateway cannot do it now', '网关暂时无法测量'),
  text('again later, and looking at the log of the gateway', '稍后重试，并查看网关日志'),
);
/** What a gateway says of itself. */
const refusals: Partial<Record<ErrorCode, Unmeasured>> = {
  same_machine: obstacle(
    text('this machine is the gateway', '本机就是网关'),
    text(
      'a check at another machine, or setting gateway.throughput.server',
      '在其他设备上检查，或设置 gateway.throughput.server',
    ),
  ),
  command_unsupported: obstacle(
    text('that is switched off on the gateway', '网关已关闭此功能'),
    text('setting gateway.throughput.enabled', '开启 gateway.throughput.enabled'),
  ),
  program_missing: obstacle(
    text('iperf3 is not installed on the gateway', '网关未安装 iperf3'),
    text('installing it there (apt install iperf3)', '在网关上安装 iperf3（apt install iperf3）'),
  ),
};
