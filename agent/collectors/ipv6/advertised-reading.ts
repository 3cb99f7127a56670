import { ipv6Router } from '../../../contract/measurements/ipv6-router.ts';
import type { CollectedMetric, Reading } from '../../collector.ts';
import { parseAddressText, prefixBits, scopeOf } from './address.ts';
import type { HeardAdvertisement } from './advertisement.ts';
import { encodeList, type ListedAddress } from './listed-address.ts';
import type { Ipv6Reading } from './reading.ts';
import type { ListedRouter } from './router.ts';

/**
 * What the routers of the machine or of one interface say together; nothing where none was heard.
 * @param now monotonic milliseconds
 */
export function advertisedReading(
  heard: readonly HeardAdvertisement[],
  addresses: readonly ListedAddress[],
  now: number,
): Ipv6Reading {
  if (heard.length === 0) return {};
  const servers = new Set(
    heard.flatMap(({ nameServers, heardAt, interface: zone }) =>
      nameServers
        .filter(({ lifetimeSeconds }) => isInForce(lifetimeSeconds, now - heardAt))
        .map(({ address }) => withZone(address, zone)),
    ),
  );
  return {
    ra_managed: heard.some(({ managed }) => managed === true),
    ra_other_config: heard.some(({ otherConfig }) => otherConfig === true),
    ra_name_servers: JSON.stringify([...servers]),
    ra_name_server_count: servers.size,
    unaddressed_prefixes: JSON.stringify(unaddressedPrefixes(heard, addresses, now)),
  };
}

/** A link-local name server is one of its link only, and nobody finds it without (RFC 8106 §5.1, RFC 4007 §11). */
function withZone(address: string, zone: string): string {
  const groups = parseAddressText(address);
  return groups !== undefined && scopeOf(groups) === 'link-local' ? `${address}%${zone}` : address;
}

/** Until its lifetime has run out; one of 0 takes it back (RFC 8106 §5.1, RFC 4862 §5.5.3). */
function isInForce(lifetimeSeconds: number | undefined, ageMs: number): boolean {
  return lifetimeSeconds === undefined || lifetimeSeconds * 1000 > ageMs;
}

/** Prefixes in which hosts make themselves addresses (RFC 4862 §5.5.3), and this one has none. */
function unaddressedPrefixes(
  heard: readonly HeardAdvertisement[],
  addresses: readonly ListedAddress[],
  now: number,
): string[] {
  const lacking = heard.flatMap((advertisement) =>
    advertisement.prefixes
      .filter(({ autonomous, validSeconds }) => autonomous && isInForce(validSeconds, now - advertisement.heardAt))
      .filter(({ prefix }) => !addresses.some((own) => own.interface === advertisement.interface && isIn(own, prefix)))
      .map(({ prefix }) => prefix),
  );
  return [...new Set(lacking)];
}

function isIn({ address }: ListedAddress, prefix: string): boolean {
  const [start = '', length] = prefix.split('/');
  const [groups, network] = [parseAddressText(address), parseAddressText(start)];
  if (groups === undefined || network === undefined) return false;
  return prefixBits(groups, Number(length)) === prefixBits(network, Number(length));
}

/** One point for each router: those in use, and those that only advertise. */
export function routerMetrics(
  routers: readonly ListedRouter[],
  heard: readonly HeardAdvertisement[],
  now: number,
): CollectedMetric[] {
  const keyOf = (name: string, router: string): string => `${name} ${router}`;
  const used = routers.flatMap((router) =>
    router.address === undefined ? [] : [[keyOf(router.interface, router.address), router] as const],
  );
  const inUse = new Map(used);
  const advertised = new Map(heard.map((one) => [keyOf(one.interface, one.router), one]));
  const keys = [...new Set([...inUse.keys(), ...advertised.keys()])];
  return keys.map((key) => {
    const [name = '', router = ''] = key.split(' ');
    const advertisement = advertised.get(key);
    const fields = {
      ...(advertisement === undefined ? {} : advertisementReading(advertisement, now)),
      ...usedReading(inUse.get(key)),
    };
    return { name: ipv6Router.name, tags: { interface: name, router }, fields };
  });
}

/** What the kernel knows is newer than what was heard. */
function usedReading(router: ListedRouter | undefined): Reading<typeof ipv6Router> {
  if (router === undefined) return { default_router: false };
  const { origin, metric, preference, lifetime_seconds } = router;
  return {
    ...{ default_router: true, origin, metric },
    ...(preference === undefined ? {} : { preference }),
    ...(lifetime_seconds === undefined ? {} : { lifetime_seconds }),
  };
}

/** Of one advertisement, without regard to whether the router is in use. */
export function advertisementReading(heard: HeardAdvertisement, now: number): Reading<typeof ipv6Router> {
  const ageSeconds = Math.round((now - heard.heardAt) / 1000);
  const prefixes = heard.prefixes.map(({ prefix, onLink, autonomous, validSeconds, preferredSeconds }) => ({
    ...{ prefix, on_link: onLink, autonomous, valid_seconds: validSeconds, preferred_seconds: preferredSeconds },
  }));
  return {
    preference: heard.preference,
    lifetime_seconds: Math.max(0, heard.lifetimeSeconds - ageSeconds),
    heard_seconds: ageSeconds,
    managed: heard.managed,
    other_config: heard.otherConfig,
    hop_limit: heard.hopLimit,
    mtu_bytes: heard.mtuBytes,
    reachable_ms: heard.reachableMs,
    retransmit_ms: heard.retransmitMs,
    prefix_count: prefixes.length,
    deprecated_prefix_count: prefixes.filter(({ preferred_seconds }) => preferred_seconds === 0).length,
    prefixes: encodeList(prefixes),
    routes: encodeList(
      heard.routes.map(({ prefix, preference, lifetimeSeconds }) => ({
        ...{ prefix, preference, lifetime_seconds: lifetimeSeconds },
      })),
    ),
    name_servers: encodeList(
      heard.nameServers.map(({ address, lifetimeSeconds }) => ({
        ...{ address: withZone(address, heard.interface), lifetime_seconds: lifetimeSeconds },
      })),
    ),
    search_list: JSON.stringify(heard.searchList),
  };
}
