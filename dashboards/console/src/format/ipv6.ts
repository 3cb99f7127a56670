import { type Static, type TSchema, Type } from '#typebox';
import { Check } from '#typebox/value';
import { type Ipv6Summary, ipv6Summaries } from '../../../../contract/measurements/ipv6.ts';
import type { Point } from '../api/schema.ts';
import { numberField, textField } from './fields.ts';

const flag = Type.Optional(Type.Boolean());
const text = Type.Optional(Type.String());

export const Ipv6Address = Type.Object({
  address: Type.String(),
  prefix_length: Type.Optional(Type.Integer()),
  scope: text,
  origin: text,
  interface: text,
  temporary: flag,
  deprecated: flag,
  tentative: flag,
  dad_failed: flag,
});
export type Ipv6Address = Static<typeof Ipv6Address>;

export const Router = Type.Object({
  address: text,
  interface: text,
  metric: Type.Optional(Type.Number()),
  origin: text,
  lifetime_seconds: Type.Optional(Type.Number()),
});
export type Router = Static<typeof Router>;

/** What a device's `ipv6` points say, decoded for the page. */
export interface Ipv6Status {
  summary: Ipv6Summary | undefined;
  addresses: Ipv6Address[];
  routers: Router[];
  dnsIpv6: string[];
  dnsIpv4: string[];
  sharePercent: number | undefined;
  shareIntervalPercent: number | undefined;
  reachableTarget: string | undefined;
  /** When the device said so, ms. */
  time: number;
}

/** Scopes in the order in which they matter to the reader. */
const SCOPES = ['global', 'ula', 'link-local'];

/**
 * Decodes the `ipv6` points of one device: the one without an `interface` tag speaks for the device.
 * @returns undefined when there is none
 */
export function ipv6Status(points: readonly Point[]): Ipv6Status | undefined {
  const device = points.find((point) => point.tags['interface'] === undefined);
  if (device === undefined) return undefined;
  const servers = parseList(Type.String(), textField(device, 'dns_servers'));
  const addresses = parseList(Ipv6Address, textField(device, 'addresses'));
  return {
    summary: ipv6Summaries.find((summary) => summary === device.fields['summary']),
    addresses: addresses.toSorted((a, b) => scopeRank(a) - scopeRank(b)),
    routers: parseList(Router, textField(device, 'default_routers')),
    dnsIpv6: servers.filter((server) => server.includes(':')),
    dnsIpv4: servers.filter((server) => !server.includes(':')),
    sharePercent: numberField(device, 'traffic_share_percent'),
    shareIntervalPercent: numberField(device, 'traffic_share_interval_percent'),
    reachableTarget: textField(device, 'reachable_target'),
    time: device.time,
  };
}

/** Parses a JSON list such as `[{"address":"2001:db8::5","scope":"global"}]`; entries of another shape are left out. */
export function parseList<S extends TSchema>(entry: S, json: string | undefined): Static<S>[] {
  if (json === undefined) return [];
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    // A field cut short by an old agent is shown as unknown.
    return [];
  }
  return Array.isArray(value) ? value.filter((item): item is Static<S> => Check(entry, item)) : [];
}

function scopeRank(address: Ipv6Address): number {
  const rank = SCOPES.indexOf(address.scope ?? '');
  return rank < 0 ? SCOPES.length : rank;
}
