import type { FieldValue } from '../../contract/telemetry.ts';
import type { EncodedMessage } from './batch.ts';

/** One metric as the stores take it: tags without site and device, which are columns of their own and come from the topic. */
export interface Point {
  site: string;
  device: string;
  measurement: string;
  tags: Record<string, string>;
  fields: Record<string, FieldValue>;
  /** Milliseconds since 1970-01-01 UTC. */
  time: number;
}

/** How values within one step become one. */
export const aggregates = ['mean', 'min', 'max', 'sum', 'count', 'first', 'last'] as const;
export type Aggregate = (typeof aggregates)[number];

export interface SeriesQuery {
  measurement: string;
  field: string;
  /** First and last moment, ms: from inclusive, to exclusive. */
  from: number;
  to: number;
  /** Width of one step in ms; absent for the raw points. */
  step?: number;
  aggregate: Aggregate;
  site?: string;
  device?: string;
  /** Only series with these tag values. */
  tags?: Record<string, string>;
  /** One series per combination of these tags (`site`, `device` or a tag key); empty for a single series. */
  groupBy: readonly string[];
  /** Points returned at most over all series; further ones are cut and `truncated` says so. */
  limit: number;
}

export interface Series {
  tags: Record<string, string>;
  /** [time in ms, value], ascending. A step's time is its beginning, a multiple of `step`. */
  points: [number, number | string | boolean][];
}

export interface SeriesResult {
  series: Series[];
  truncated: boolean;
}

export interface LatestQuery {
  measurement?: string;
  site?: string;
  device?: string;
}

export type FieldType = 'number' | 'string' | 'boolean';

/** How far back `latest` looks from the newest point of a measurement, ms. */
export const LATEST_WINDOW_MS = 24 * 3600 * 1000;

/** measurement → field → type. */
export type FieldTypes = Map<string, Map<string, FieldType>>;

/** A batch read from the spool, with the position that the store saves with it. */
export interface Batch {
  readonly points: readonly Point[];
  /** The same points as they lie in the spool, when they come from there: a store may read these instead. */
  readonly messages?: readonly EncodedMessage[];
  /** Spool position of the batch's last message. */
  readonly position: number;
}

/** Part of a measurement's history, as it was stored. */
export interface HistoryQuery {
  measurement: string;
  /** First and last moment, ms: from inclusive, to exclusive. */
  from: number;
  to: number;
  /** Points of one page at most, but for more points than this of one single millisecond: they come together. */
  limit: number;
}

export interface HistoryPage {
  /** In order of time; every field that a series has at a moment is in one point. */
  points: Point[];
  /** Where the next page begins, ms, an exact border between two moments; absent on the last page. */
  next?: number;
}

/**
 * Whose points are to be gone: a device's, or those with a text, such as a client's pseudonym, as the value of a tag or within a text field.
 */
export type ErasedSubject = { site: string; device: string } | { text: string };

/** What is expected of a store that has a retention of its own. */
export interface StoreNeeds {
  /** Days that points must be kept at least. */
  holdDays: number;
  /** What to do, rather than to change the server, when it keeps points for fewer days: the end of a sentence after "or". */
  askForLess: (days: number) => string;
}

/**
 * Where measurements are kept. Three implementations, one conformance suite (test/integration/store): a store is whatever passes it.
 * Tags hold no empty values: a series without a tag and one whose tag is empty are the same.
 * Every method rejects with CampusError `store_unavailable` while the server or file cannot be reached, a write with `store_refused`
 * where the store works and does not take this batch, and with `store_failed` where the server answers that it failed, be it for itself or over this batch.
 */
export interface Store {
  readonly name: string;
  /**
   * Checks that the server's database takes what the gateway will write and keeps it for long enough. A store with a server also does
   * this before its first write, for the server may have been away at the start.
   * @returns what could not be checked, in words
   * @throws CampusError `store_misconfigured` with what to change on the server
   */
  check(): Promise<string[]>;
  /** The position saved by the last successful `write`, or 0; undefined when this store keeps none and the spool must. */
  position(): Promise<number | undefined>;
  /**
   * Stores a batch, all or nothing where the store has transactions; writing the same batch again changes nothing.
   * Rejects with `store_refused` when it is the batch that is at fault, so that trying it again would be of no use, and with `store_failed` when
   * it may be.
   * @returns how many field values were left out because the store holds the field with another type
   */
  write(batch: Batch): Promise<{ skipped: number }>;
  /**
   * Present where a written batch reaches the disk only some time later: the highest position of a batch that is there by now. What
   * lies behind it must be written again when the server died meanwhile, so the spool keeps it until then.
   * @throws CampusError `store_unavailable` when the server died since a batch after that position was written
   */
  durablePosition?(): Promise<number>;
  /**
   * Adds history beside what is there, in any order; where a series has a point at the same moment, field by field what comes replaces
   * what was. The batch's position counts the caller's batches, for `durablePosition`; none is saved.
   * @returns how many field values were left out
   */
  merge(batch: Batch): Promise<{ skipped: number }>;
  /** The type of every field stored so far, by measurement. */
  fieldTypes(): Promise<FieldTypes>;
  /** The newest point of every series that reported in the last day before the store's newest point. */
  latest(query: LatestQuery): Promise<Point[]>;
  series(query: SeriesQuery): Promise<SeriesResult>;
  /** Reads raw history page by page, in bounded memory. */
  read(query: HistoryQuery): Promise<HistoryPage>;
  /**
   * Deletes the points of a measurement that are older than `before`, ms, where the store does not do so by a retention of its own. Its
   * roll-ups, where there are any, may be kept for longer.
   */
  deleteOlderThan(measurement: string, before: number, rollupsBefore?: { minute: number; hour: number }): Promise<void>;
  /**
   * Deletes every point of a subject, its averages and the names of its series. Doing it again changes nothing.
   * @returns what is left to do by the server's own means, in words
   */
  erase(subject: ErasedSubject): Promise<{ note?: string }>;
  /** Housekeeping, asked for every half minute; present where there is some. @param now wall clock, ms */
  maintain?(now: number): Promise<void>;
  close(): Promise<void>;
}
