import type { Static, TObject } from '#typebox';
import type { FieldsOf, MeasurementSpec } from '../contract/measurement.ts';
import type { FieldValue } from '../contract/telemetry.ts';
import type { Host } from './host/host.ts';

/** One point as a collector returns it; the runner stamps the time, the gateway site and device. What is unknown is absent. */
export interface CollectedMetric {
  name: string;
  tags: Record<string, string>;
  fields: Record<string, FieldValue | undefined>;
}

/** The fields of a measurement while they are being read: one that stays undefined is left out. */
export type Reading<M extends MeasurementSpec> = { [K in keyof FieldsOf<M>]?: FieldsOf<M>[K] | undefined };

/** The machine lacks what the collector measures (no modem, no Wi-Fi): an outcome, not a failure. */
export interface NotPresent {
  notPresent: string;
}

/** Some of it could be read, the rest failed: one of two modems, say. The points count, and the failures are reported. */
export interface PartlyCollected {
  metrics: CollectedMetric[];
  failures: Error[];
}

export type Collected = CollectedMetric[] | PartlyCollected | NotPresent;

/**
 * Reads one aspect of the machine. A collector only returns or throws: the runner times, limits, logs and reports.
 * One that compares with its last sample is made by a `createX()` in `collectors/index.ts`.
 */
export interface Collector<S extends TObject = TObject, R extends Collected = CollectedMetric[] | NotPresent> {
  readonly name: string;
  readonly defaultIntervalSeconds: number;
  /** The collector's own keys under `agent.collectors.{name}`, beside `enabled` and `interval_seconds`. */
  readonly configSchema: S;
  collect(host: Host, config: Static<S>, signal: AbortSignal): Promise<R>;
  /** Ends what goes on between two samples, where there is such; nothing is collected afterwards. */
  close?(): void;
}

/** A collector of whatever kind, as the runner takes it. */
export type AnyCollector = Collector<TObject, Collected>;
