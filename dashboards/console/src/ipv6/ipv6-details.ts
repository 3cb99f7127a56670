import { type Static, Type } from '#typebox';
import type { Point } from '../api/schema.ts';
import { numberField, textField } from '../format/fields.ts';
import { parseList } from '../format/ipv6.ts';

const seconds = Type.Optional(Type.Number());

const Prefix = Type.Object({
  prefix: Type.String(),
  on_link: Type.Optional(Type.Boolean()),
  autonomous: Type.Optional(Type.Boolean()),
  valid_seconds: seconds,
  preferred_seconds: seconds,
});
export type Prefix = Static<typeof Prefix>;

const NameServer = Type.Object({ address: Type.String(), lifetime_seconds: seconds });

/** What a router advertises, as far as it was heard. */
export interface AdvertisingRouter {
  key: string;
  router: string;
  interface: string;
  defaultRouter: boolean;
  preference: string | undefined;
  lifetimeSeconds: number | undefined;
  heardSeconds: number | undefined;
  managed: boolean | undefined;
  otherConfig: boolean | undefined;
  mtuBytes: number | undefined;
  prefixes: Prefix[];
  nameServers: string[];
  searchList: string[];
}

/** The `ipv6_router` points of one device. */
export function advertisingRouters(points: readonly Point[]): AdvertisingRouter[] {
  return points.map((point) => {
    const { router = '?', interface: name = '?' } = point.tags;
    return {
      key: `${router}%${name}`,
      router,
      interface: name,
      defaultRouter: point.fields['default_router'] === true,
      preference: textField(point, 'preference'),
      lifetimeSeconds: numberField(point, 'lifetime_seconds'),
      heardSeconds: numberField(point, 'heard_seconds'),
      managed: flag(point, 'managed'),
      otherConfig: flag(point, 'other_config'),
      mtuBytes: numberField(point, 'mtu_bytes'),
      prefixes: parseList(Prefix, textField(point, 'prefixes')),
      nameServers: parseList(NameServer, textField(point, 'name_servers')).map(({ address }) => address),
      searchList: parseList(Type.String(), textField(point, 'search_list')),
    };
  });
}

/** How one family gets to a target. */
export interface FamilyReach {
  address: string | undefined;
  outcome: string | undefined;
  connectMs: number | undefined;
  pathMtuBytes: number | undefined;
  blackHole: boolean;
}

/** How a program that prefers IPv6 gets to a target (RFC 8305). */
export interface DualStackTarget {
  target: string;
  winner: string | undefined;
  fallback: boolean;
  connectMs: number | undefined;
  ipv4: FamilyReach;
  ipv6: FamilyReach;
}

/** The `ipv6_target` points of one device. */
export function dualStackTargets(points: readonly Point[]): DualStackTarget[] {
  return points.map((point) => ({
    target: point.tags['target'] ?? '?',
    winner: textField(point, 'winner'),
    fallback: point.fields['fallback'] === true,
    connectMs: numberField(point, 'connect_ms'),
    ipv4: reachOf(point, 'ipv4'),
    ipv6: reachOf(point, 'ipv6'),
  }));
}

function reachOf(point: Point, family: 'ipv4' | 'ipv6'): FamilyReach {
  return {
    address: textField(point, `${family}_address`),
    outcome: textField(point, `${family}_outcome`),
    connectMs: numberField(point, `${family}_connect_ms`),
    pathMtuBytes: numberField(point, `${family}_path_mtu_bytes`),
    blackHole: point.fields[`${family}_mtu_black_hole`] === true,
  };
}

/** Whether a name server makes IPv6 addresses of IPv4 ones (RFC 7050). */
export interface Dns64Server {
  server: string;
  family: string;
  answered: boolean;
  error: string | undefined;
  answerMs: number | undefined;
  prefixes: string[];
}

/** The `ipv6_dns` points of one device. */
export function dns64Servers(points: readonly Point[]): Dns64Server[] {
  return points.map((point) => ({
    server: point.tags['server'] ?? '?',
    family: point.tags['family'] === 'ipv4' ? 'IPv4' : 'IPv6',
    answered: point.fields['answered'] === true,
    error: textField(point, 'error'),
    answerMs: numberField(point, 'answer_ms'),
    prefixes: parseList(Type.String(), textField(point, 'nat64_prefixes')),
  }));
}

/** What of the `ipv6` point for the device wants a word: it is about trouble, or about privacy. */
export interface Ipv6Notes {
  dadFailed: number;
  eui64: number;
  temporary: number;
  unaddressed: string[];
}

/** @param point the one without an `interface` tag */
export function ipv6Notes(point: Point | undefined): Ipv6Notes {
  return {
    dadFailed: numberField(point, 'dad_failed_count') ?? 0,
    eui64: numberField(point, 'eui64_count') ?? 0,
    temporary: numberField(point, 'temporary_count') ?? 0,
    unaddressed: parseList(Type.String(), point === undefined ? undefined : textField(point, 'unaddressed_prefixes')),
  };
}

function flag(point: Point, field: string): boolean | undefined {
  const value = point.fields[field];
  return typeof value === 'boolean' ? value : undefined;
}
