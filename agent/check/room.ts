import type { PathFamily } from '../../contract/measurements/path.ts';
import type { InterfaceKind } from '../collectors/network/identity.ts';
import type { PathConfig } from '../collectors/path/path-config.ts';
import type { Host } from '../host/host.ts';
import type { CheckConfig } from './config.ts';
import type { ThroughputTest } from './throughput-step.ts';

/** What the steps of one check share. */
export interface Room {
  host: Host;
  config: CheckConfig;
  path: PathConfig;
  /** Where the agent reports, `mqtts://host:port`. */
  gateway: string;
  throughput: ThroughputTest | undefined;
  signal: AbortSignal;
  /** The interface that leads out, once it is known: what to try on Wi-Fi is not what to try on a cable. */
  medium: InterfaceKind | undefined;
  /** The families in which the room has an address, once that is known. */
  present: PathFamily[];
}
