import type { Telemetry } from '../../contract/telemetry.ts';
import { encodePoints, PointWriter } from './point-codec.ts';
import { decodePoints, isIntact } from './point-reader.ts';
import type { Batch, Point } from './store.ts';

/** A spool message's key is `{site}/{device}`, taken from the authenticated topic. */
export function spoolKey(site: string, device: string): string {
  return `${site}/${device}`;
}

/** The site and device of a spool message. */
export function splitSpoolKey(key: string): { site: string; device: string } {
  const [site = '', device = ''] = key.split('/');
  return { site, device };
}

/**
 * The points of one telemetry message. `site` and `device` tags of the payload are dropped: only the authenticated topic is believed.
 * So are tags without a value: to InfluxDB and VictoriaMetrics they are tags that are not there.
 */
export function pointsOf(site: string, device: string, telemetry: Telemetry): Point[] {
  return telemetry.metrics.map(({ name, tags: { site: _site, device: _device, ...tags }, fields, timestamp }) => ({
    site,
    device,
    measurement: name,
    tags: dropEmpty(tags),
    fields,
    time: timestamp,
  }));
}

/** @param tags an object of its own, which is changed: copying it for every metric would cost more than all of this */
function dropEmpty(tags: Record<string, string>): Record<string, string> {
  for (const key in tags) if (tags[key] === '') delete tags[key];
  return tags;
}

/** A message of the spool: one device's points, encoded. */
export interface EncodedMessage {
  /** `spoolKey` of the device. */
  key: string;
  body: Uint8Array;
}

/** Messages of the spool as a store takes them: encoded, for a store that reads columns, and as points for any other. */
export class SpoolBatch implements Batch {
  readonly messages: readonly EncodedMessage[];
  readonly position: number;
  #points: Point[] | undefined;

  constructor(messages: readonly EncodedMessage[], position: number) {
    this.messages = messages;
    this.position = position;
  }

  get points(): readonly Point[] {
    this.#points ??= this.messages.flatMap(({ key, body }) => {
      const { site, device } = splitSpoolKey(key);
      return decodePoints(site, device, body);
    });
    return this.#points;
  }
}

/** Points of any devices as messages of the spool. */
export function encodeMessages(points: readonly Point[]): EncodedMessage[] {
  const writer = new PointWriter();
  return points.map((point) => ({ key: spoolKey(point.site, point.device), body: encodePoints([point], writer) }));
}

/**
 * Sorts out messages read from the spool. They were checked before they were stored there, so one that does not read now was
 * damaged on the disk: it is counted and left out, for the rest must not wait behind it.
 */
export function intactMessages<M extends EncodedMessage>(messages: readonly M[]): { intact: M[]; damaged: number } {
  const intact = messages.filter(({ body }) => isIntact(body));
  return { intact, damaged: messages.length - intact.length };
}
