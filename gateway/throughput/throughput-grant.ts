import { CampusError } from '../../contract/errors.ts';
import {
  type ThroughputArguments,
  type ThroughputChoice,
  throughputDirections,
  throughputFamilies,
} from '../../contract/throughput.ts';
import type { DeviceKey } from '../registry/devices.ts';
import { openIperf3Server } from './iperf3-server.ts';
import { parseIperf3Server, type ThroughputConfig } from './throughput-config.ts';

/** What a leg may take beside its own time: to connect, to wait for the server, to tell the results. As the agents have it, and some more. */
const LEG_BEYOND_SECONDS = 15;
/** To find the server, and to say the last word over a link that is full. */
const BEYOND_SECONDS = 40;

export interface ThroughputGrantOptions {
  config: ThroughputConfig;
  /** `gateway.tls.host`: all, none or an address. */
  tlsHost: string;
  port: number;
  /** The gateway's own machine, as a device. */
  ownDevice: { site: string; device: string };
  /** Addresses of this machine by which others find it. */
  addresses: () => string[];
}

/** What the gateway holds ready for one measurement. */
export interface GrantedThroughput {
  arguments: ThroughputArguments;
  /** The measurement is over after this many ms. */
  runWithinMs: number;
  /** Called once, when it is over. */
  release: () => void;
}

/** Lets devices measure the throughput to a server: the one that was configured, or one that this gateway runs meanwhile. */
export interface ThroughputGrant {
  /** @throws CampusError `command_unsupported`, `same_machine` */
  check(key: DeviceKey): void;
  /**
   * @param leadSeconds what the device does before it measures
   * @throws CampusError when no server can be run
   */
  prepare(choice: ThroughputChoice, leadSeconds?: number): Promise<GrantedThroughput>;
}

export function throughputGrant({
  config,
  tlsHost,
  port,
  ownDevice,
  addresses,
}: ThroughputGrantOptions): ThroughputGrant {
  const server = config.server === undefined ? undefined : parseIperf3Server(config.server);
  const { bytes, seconds } = config;
  /** The server of the measurement before has ended: both use one port. */
  let before: Promise<void> = Promise.resolve();
  return {
    check: ({ site, device }) => {
      if (!config.enabled) {
        throw new CampusError('command_unsupported', 'gateway.throughput.enabled is false on this gateway');
      }
      const isOwn = site === ownDevice.site && device === ownDevice.device;
      if (server === undefined && (isOwn || tlsHost === 'none')) {
        const detail = `${device} is the gateway's own machine: set gateway.throughput.server to measure to another`;
        throw new CampusError('same_machine', detail);
      }
    },
    prepare: async (
      { families = [...throughputFamilies], directions = [...throughputDirections] },
      leadSeconds = 0,
    ) => {
      const bounds = { families, directions, bytes, seconds };
      // A leg upwards may be run twice.
      const runs = directions.length + Number(directions.includes('up'));
      const legsSeconds = families.length * runs * (seconds + LEG_BEYOND_SECONDS);
      const lifeSeconds = leadSeconds + legsSeconds + BEYOND_SECONDS;
      const runWithinMs = lifeSeconds * 1000;
      if (server !== undefined) return { arguments: { ...server, ...bounds }, runWithinMs, release: () => undefined };
      const host = tlsHost === 'all' ? undefined : tlsHost;
      const args: ThroughputArguments = { port, addresses: host === undefined ? addresses() : [host], ...bounds };
      await before;
      const close = await openIperf3Server({ host, port, lifeSeconds });
      const release = (): void => {
        before = close();
      };
      return { arguments: args, runWithinMs, release };
    },
  };
}
