import type { Rate } from './rate.ts';

/** What is known of the connection to another radio: a client, the access point, a neighbour in a mesh. Unknown parts are undefined. */
export interface Connection {
  signalDbm: number | undefined;
  signalAverageDbm: number | undefined;
  rx: Rate | undefined;
  tx: Rate | undefined;
  rxBytes: number | undefined;
  txBytes: number | undefined;
  rxPackets: number | undefined;
  txPackets: number | undefined;
  txRetries: number | undefined;
  txFailed: number | undefined;
  beaconLoss: number | undefined;
  inactiveMs: number | undefined;
  connectedSeconds: number | undefined;
  authorized: boolean | undefined;
}

/** Somebody at the other end of an interface. */
export type Station = Partial<Connection> & {
  /** Lower case, with colons. */
  address: string;
};
