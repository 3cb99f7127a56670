import { CampusError } from '../../../contract/errors.ts';
import { withoutMacs } from '../../../contract/mac-address.ts';
import { ipv6 } from '../../../contract/measurements/ipv6.ts';
import type { CollectedMetric } from '../../collector.ts';
import type { Decoded } from '../../decode/decoded.ts';
import { parseAddressText } from './address.ts';
import { advertisedReading, routerMetrics } from './advertised-reading.ts';
import type { HeardAdvertisement } from './advertisement.ts';
import { addressKey } from './ip-facts.ts';
import { isObject, parseIpAddresses, parseIpRoutes, parseJsonList } from './ip-json.ts';
import { looksLikeIpRoute, parseAddressLine, parseRouteLine, type ShownAddress, type ShownRoute } from './ip-text.ts';
import { type ListedAddress, listAddresses } from './listed-address.ts';
import { netToolsHeading, parseNetToolsRow } from './net-tools-route.ts';
import { parseRdisc6 } from './rdisc6.ts';
import { addressReading, routerReading } from './reading.ts';
import type { ListedRouter } from './router.ts';
import { summarise } from './summary.ts';

/** What was found in a text; a part is undefined where the text has no output that would hold it. */
interface Shown {
  addresses: ShownAddress[] | undefined;
  routes: ShownRoute[] | undefined;
  advertisements: HeardAdvertisement[];
}

/**
 * What the agent would report from outputs of `ip addr`, `ip route` (as text or JSON), `route -6` and `rdisc6`, alone or after one another. What a
 * text does not speak of is left out: without addresses there is no summary.
 */
export function decodeIpOutput(text: string): Decoded {
  const decoded: Decoded = { metrics: [], notUnderstood: [], failures: [] };
  const shown: Shown = { addresses: undefined, routes: undefined, advertisements: [] };
  const attempt = (parse: () => void): void => {
    try {
      parse();
    } catch (error) {
      if (!(error instanceof CampusError)) throw error;
      decoded.failures.push(error);
    }
  };
  if (/^\s*\[/.test(text)) attempt(() => readJson(text, shown));
  else readLines(text, { shown, decoded, attempt });
  decoded.metrics = toMetrics(shown);
  if (decoded.metrics.length === 0 && decoded.failures.length === 0) {
    const expected =
      'expected a file of /proc/net, resolv.conf, or output of ip addr, ip -6 route or rdisc6 that speaks of IPv6';
    decoded.failures.push(new CampusError('parse_failed', `line 1: ${expected}`));
  }
  return decoded;
}

/** @throws CampusError `parse_failed` */
function readJson(text: string, shown: Shown): void {
  const entries = parseJsonList(text, 'ip -j');
  if (entries.some((entry) => Array.isArray(entry['addr_info']))) {
    const flagged = entries.flatMap(({ addr_info: list }) =>
      Array.isArray(list) ? list.filter(isObject).filter((entry) => Object.keys(entry).length > 0) : [],
    );
    shown.addresses = parseIpAddresses(text).map((address, index) => {
      const is = (flag: string): boolean => flagged[index]?.[flag] === true;
      return {
        ...address,
        ...{ temporary: is('temporary'), deprecated: is('deprecated'), dadFailed: is('dadfailed') },
        tentative: is('tentative') || is('optimistic'),
      };
    });
  } else if (entries.some((entry) => 'dst' in entry && !('lladdr' in entry) && !('state' in entry))) {
    shown.routes = entries.flatMap((entry) => {
      const destination = typeof entry['dst'] === 'string' ? entry['dst'] : '';
      const metric = typeof entry['metric'] === 'number' ? entry['metric'] : 0;
      const { type } = entry;
      return parseIpRoutes(JSON.stringify([entry])).map((route): ShownRoute => {
        const isInet6 = [destination, route.gateway ?? ''].some((part) => part.includes(':'));
        const family = isInet6 || route.preference !== undefined ? 'inet6' : 'inet';
        const isUsable = (type === undefined || type === 'unicast') && route.interface !== 'lo';
        return { ...route, destination, family, metric, isUsable };
      });
    });
  }
}

interface Reading {
  shown: Shown;
  decoded: Decoded;
  attempt: (parse: () => void) => void;
}

function readLines(text: string, { shown, decoded, attempt }: Reading): void {
  const lines = text.split(/\r*\n/);
  let name: string | undefined;
  let lastRoute: ShownRoute | undefined;
  let inTable = false;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]?.trim() ?? '';
    const number = index + 1;
    const [, link, rest = ''] = /^\d+: ([^:@\s]+)(?:@\S+)?:? +(.*)$/.exec(line) ?? [];
    const isOneLine = link !== undefined && /^inet6? /.test(rest);
    if (line.startsWith('Hop limit')) {
      const end = lines.findIndex((other, at) => at > index && /^ from /.test(other));
      const part = lines.slice(index, end === -1 ? undefined : end + 1);
      attempt(() => readAdvertisement(part.join('\n'), { shown, decoded, firstLine: number }));
      index += part.length - 1;
    } else if (link !== undefined && !isOneLine) {
      name = link;
      shown.addresses ??= [];
    } else if (isOneLine || (name !== undefined && /^inet6? /.test(line))) {
      const place = { source: 'ip addr', line: number };
      const note = (unknown: Decoded['notUnderstood'][number]): void => void decoded.notUnderstood.push(unknown);
      shown.addresses ??= [];
      const { addresses } = shown;
      const on = isOneLine ? link : name;
      attempt(() => addresses.push(parseAddressLine(isOneLine ? rest : line, { interface: on ?? '', place, note })));
    } else if (netToolsHeading.test(line)) inTable = true;
    else if (inTable && /^\S+\/\d+\s/.test(line)) {
      shown.routes ??= [];
      const { routes } = shown;
      attempt(() => routes.push(parseNetToolsRow(line, number)));
    } else if (looksLikeIpRoute(line) || (lastRoute !== undefined && line.startsWith('nexthop '))) {
      const of = line.startsWith('nexthop ') ? lastRoute : undefined;
      attempt(() => {
        const route = parseRouteLine(line, { source: 'ip route', line: number }, of);
        shown.routes ??= [];
        if (route.interface !== '') shown.routes.push(route);
        if (of === undefined) lastRoute = route;
      });
    } else if (!isPassedOver(line)) {
      decoded.notUnderstood.push({ line: number, field: '', value: withoutMacs(line).slice(0, 200) });
    }
  }
}

/** Lines of the same outputs that say nothing of IPv6 addresses and routes. */
function isPassedOver(line: string): boolean {
  return (
    line === '' ||
    /^(link\/|altname |alias |valid_lft |Kernel IPv6 routing table|Soliciting |Timed out\.|No response\.)/.test(line)
  );
}

function readAdvertisement(
  text: string,
  { shown, decoded, firstLine }: { shown: Shown; decoded: Decoded; firstLine: number },
): void {
  const { advertisements, notUnderstood } = parseRdisc6(text, firstLine);
  decoded.notUnderstood.push(...notUnderstood);
  const known = new Map(shown.advertisements.map((one) => [one.router, one]));
  for (const one of advertisements) known.set(one.router, { ...one, interface: 'unknown', heardAt: 0 });
  shown.advertisements = [...known.values()];
}

function toMetrics({ addresses, routes, advertisements }: Shown): CollectedMetric[] {
  const inet6 = addresses?.filter(({ family }) => family === 'inet6');
  const inet6Routes = routes?.filter(({ family }) => family === 'inet6');
  const hasAddresses = inet6 !== undefined && inet6.length > 0;
  const hasRoutes = inet6Routes !== undefined && inet6Routes.length > 0;
  if (!hasAddresses && !hasRoutes && advertisements.length === 0) return [];
  const listed = hasAddresses ? listShown(inet6) : [];
  const routers = hasRoutes ? listRouters(inet6Routes) : [];
  const device = {
    ...(hasAddresses ? summarise({ addresses: listed, hasRouter: routers.length > 0, answered: undefined }) : {}),
    ...(hasAddresses ? addressReading(listed) : {}),
    ...(hasRoutes ? routerReading(routers) : {}),
    ...advertisedReading(advertisements, [], 0),
    // Which of them the machine has addresses in is not known.
    unaddressed_prefixes: undefined,
  };
  const names = [...new Set(listed.map((address) => address.interface))];
  return [
    { name: ipv6.name, tags: {}, fields: device },
    ...names.map((name) => ({
      name: ipv6.name,
      tags: { interface: name },
      fields: {
        ...addressReading(listed.filter((address) => address.interface === name)),
        ...(hasRoutes ? routerReading(routers.filter((router) => router.interface === name)) : {}),
      },
    })),
    ...routerMetrics(routers, advertisements, 0),
  ];
}

function listShown(addresses: readonly ShownAddress[]): ListedAddress[] {
  const entries = addresses.map((address) => [addressKey(address.interface, address.address), address] as const);
  const kernel = addresses.map((address) => ({
    ...address,
    groups: parseAddressText(address.address) ?? [],
    permanent: !address.dynamic,
  }));
  return listAddresses(kernel, { addresses: new Map(entries), routes: [], at: 0 }, []);
}

function listRouters(routes: readonly ShownRoute[]): ListedRouter[] {
  const usable = routes.filter(({ destination, isUsable }) => destination === 'default' && isUsable);
  const routers = new Map<string, ListedRouter>();
  for (const { interface: name, gateway, metric, protocol, preference, expiresSeconds } of usable) {
    const key = `${name} ${gateway ?? ''}`;
    if (routers.has(key)) continue;
    routers.set(key, {
      ...(gateway === undefined ? {} : { address: gateway }),
      ...{ interface: name, metric, origin: protocol ?? 'static' },
      ...(protocol === 'ra' && preference !== undefined ? { preference } : {}),
      ...(expiresSeconds === undefined ? {} : { lifetime_seconds: expiresSeconds }),
    });
  }
  return [...routers.values()].sort((one, other) => one.metric - other.metric);
}
