import type { LocalText } from '../../contract/alert.ts';
import type { PathFamily } from '../../contract/measurements/path.ts';
import type { InterfaceKind } from '../collectors/network/identity.ts';
import type { PathConfig } from '../collectors/path/path-config.ts';
import type { Host } from '../host/host.ts';
import type { CheckConfig } from './config.ts';
import type { ThroughputTest } from './throughput-step.ts';
import type { Unmeasured } from './unmeasured.ts';

/** What the steps of one check share. */
export interface Room {
  host: Host;
  config: CheckConfig;
  path: PathConfig;
  /** Where the agent reports, `mqtts://host:port`. */
  gateway: string;
  /** How throughput is measured here, or why it is not. */
  throughput: ThroughputTest | Unmeasured;
  signal: AbortSignal;
  /** Says while a step runs what it waits for. */
  tell: (note: LocalText) => void;
  /** The interface that leads out, once it is known: what to try on Wi-Fi is not what to try on a cable. */
  medium: InterfaceKind | undefined;
  /** The families in which the room has an address, once that is known. */
  present: PathFamily[];
}
