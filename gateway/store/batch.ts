import type { Telemetry } from '../../contract/telemetry.ts';
import type { QueueMessage } from '../../queue/message.ts';
import type { Point } from './store.ts';

/** A spool message's key is `{site}/{device}`, taken from the authenticated topic. */
export function spoolKey(site: string, device: string): string {
  return `${site}/${device}`;
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

/**
 * The points of messages read from the spool. They were checked before they were stored there, so one that does not read now was
 * damaged on the disk: it is counted and left out, for the rest must not wait behind it.
 */
export function decodeSpool(messages: readonly QueueMessage[]): { points: Point[]; damaged: number } {
  const decoder = new TextDecoder();
  const points: Point[] = [];
  let damaged = 0;
  for (const { key, body } of messages) {
    const [site = '', device = ''] = key.split('/');
    try {
      points.push(...pointsOf(site, device, JSON.parse(decoder.decode(body)) as Telemetry));
    } catch {
      damaged++;
    }
  }
  return { points, damaged };
}

/** Points by measurement, in the order they came. */
export function groupByMeasurement(points: readonly Point[]): Map<string, Point[]> {
  const groups = new Map<string, Point[]>();
  for (const point of points) {
    const group = groups.get(point.measurement);
    if (group === undefined) groups.set(point.measurement, [point]);
    else group.push(point);
  }
  return groups;
}
