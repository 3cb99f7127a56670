import type { Account } from '../load/account.ts';

/** A product under measurement: it takes messages by MQTT and stores them. */
export interface Stack {
  readonly name: string;
  /** Names of its processes. */
  readonly parts: readonly string[];
  readonly mqttPort: number;
  /** The devices that may report to it. */
  readonly accounts: readonly Account[];
  /** A store to which nothing more comes for this long, ms, has all that it will have. */
  readonly quietMs: number;
  /** Process id of a part. */
  pid(part: string): number;
  /** Points of each metric that can be queried, in the order of `metricNames`, or fewer entries while some have none. */
  counts(): Promise<number[]>;
  /** The `seq` of every stored sample of a device; one that is stored twice stands there twice. */
  sequences(device: string): Promise<number[]>;
}
