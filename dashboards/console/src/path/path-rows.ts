import type { PathFamily, PathMethod, PathRole } from '../../../../contract/measurements/path.ts';
import type { Point } from '../api/schema.ts';
import { numberField, textField } from '../format/fields.ts';

/** What was measured to a target by one address family. */
export interface PathFigures {
  address: string | undefined;
  reachable: boolean;
  error: string | undefined;
  rttMs: number | undefined;
  jitterMs: number | undefined;
  lossPercent: number | undefined;
  mos: number | undefined;
}

/** By how much IPv6 differs from IPv4, where both were measured. */
export interface PathDifference {
  rttMs: number | undefined;
  jitterMs: number | undefined;
  lossPercent: number | undefined;
  mos: number | undefined;
}

/** One target, measured in one way. */
export interface PathRow {
  key: string;
  target: string;
  role: PathRole;
  method: PathMethod;
  ipv4?: PathFigures;
  ipv6?: PathFigures;
  difference?: PathDifference;
}

/** From the box outwards. */
const roles: readonly PathRole[] = ['first-hop', 'dns', 'gateway', 'lesson'];
const methods: readonly PathMethod[] = ['stamp', 'icmp', 'tcp'];

/** The `path` points of one device as rows with both families side by side, from the box outwards. */
export function pathRows(points: readonly Point[]): PathRow[] {
  const rows = new Map<string, PathRow>();
  for (const point of points) {
    const { target = '?' } = point.tags;
    const role = roles.find((one) => one === point.tags['role']);
    const method = methods.find((one) => one === point.tags['method']);
    if (role === undefined || method === undefined) continue;
    const key = `${roles.indexOf(role)} ${target} ${method}`;
    const row = rows.get(key) ?? { key, target, role, method };
    rows.set(key, withPoint(row, point));
  }
  return [...rows.values()].toSorted((a, b) => a.key.localeCompare(b.key, 'en', { numeric: true }));
}

function withPoint(row: PathRow, point: Point): PathRow {
  const family: PathFamily | undefined = (['ipv4', 'ipv6'] as const).find((one) => one === point.tags['family']);
  if (family === undefined) return { ...row, difference: differenceOf(point) };
  return { ...row, [family]: figuresOf(point) };
}

function figuresOf(point: Point): PathFigures {
  return {
    address: textField(point, 'address'),
    reachable: point.fields['reachable'] === true,
    error: textField(point, 'error'),
    rttMs: numberField(point, 'rtt_ms'),
    jitterMs: numberField(point, 'jitter_ms'),
    lossPercent: numberField(point, 'loss_percent'),
    mos: numberField(point, 'mos'),
  };
}

function differenceOf(point: Point): PathDifference {
  return {
    rttMs: numberField(point, 'rtt_difference_ms'),
    jitterMs: numberField(point, 'jitter_difference_ms'),
    lossPercent: numberField(point, 'loss_difference_percent'),
    mos: numberField(point, 'mos_difference'),
  };
}

/**
 * What an estimate for voice means to listeners, by the limits of ITU-T G.107 Annex B: 4.03 and more satisfies, below 3.6 many are dissatisfied.
 * @param mos 1 to 4.5
 */
export function mosTone(mos: number): 'good' | 'warn' | 'bad' {
  if (mos >= 4.03) return 'good';
  return mos >= 3.6 ? 'warn' : 'bad';
}
