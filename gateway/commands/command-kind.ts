import type { CheckCommand, RequestedCommand, ThroughputCommand } from '../../contract/command.ts';
import type { ThroughputChoice } from '../../contract/throughput.ts';
import type { DeviceKey } from '../registry/devices.ts';

/** What a device is told to do. */
export type Order = Pick<ThroughputCommand, 'command' | 'arguments'> | Pick<CheckCommand, 'command' | 'arguments'>;

/** What the gateway holds ready while a device carries a command out. */
export interface Prepared {
  /** Goes to the device. */
  order: Order;
  /** The device is given up after this many ms. */
  runWithinMs: number;
  /** Called once, when the command has come to its end. */
  release: () => void;
}

/** How the gateway goes about one kind of command. */
export interface CommandKind {
  /** At most one device of the school carries out a command of any exclusive kind at a time; others wait for their turn. */
  readonly exclusive: boolean;
  /** @throws CampusError when this device cannot be asked, or this gateway does not offer it */
  check(key: DeviceKey): void;
  /** @throws CampusError when the gateway cannot do its part */
  prepare(key: DeviceKey, choice: ThroughputChoice): Promise<Prepared>;
}

export type CommandKinds = Readonly<Record<RequestedCommand, CommandKind>>;
