import type { Host } from '../../host/host.ts';
import { encodeAddress } from './address.ts';
import { type IpFacts, lifetimeLeftSeconds } from './ip-facts.ts';
import { defaultRoutes, type KernelRoute } from './ipv6-route.ts';

/** A default router as the measurement's `default_routers` lists it. */
export interface ListedRouter {
  /** Absent for a point-to-point link, where the other end is the router. */
  address?: string;
  interface: string;
  metric: number;
  /** `ra` for one that advertised itself, else who set it: static, dhcp, … */
  origin: string;
  /** Of one that advertised itself: low, medium or high (RFC 4191 §2.1). */
  preference?: string;
  lifetime_seconds?: number;
}

/** Interface flags of include/uapi/linux/if.h: a link with one other end only, and one without address resolution. */
const IFF_POINTOPOINT = 0x10;
const IFF_NOARP = 0x80;

/** The default routers in use: their life has not run out and their link is up. */
export async function listRouters(
  host: Host,
  routes: readonly KernelRoute[],
  facts: IpFacts | undefined,
): Promise<ListedRouter[]> {
  const now = host.monotonicMs();
  const routers = new Map<string, ListedRouter>();
  for (const route of defaultRoutes(routes)) {
    const router = describe(route, facts, now);
    const key = `${router.interface} ${router.address ?? ''}`;
    if (routers.has(key) || router.lifetime_seconds === 0) continue;
    if (await leadsOut(host, route)) routers.set(key, router);
  }
  return [...routers.values()].sort((one, other) => one.metric - other.metric);
}

function describe(route: KernelRoute, facts: IpFacts | undefined, now: number): ListedRouter {
  const address = route.gateway === undefined ? undefined : encodeAddress(route.gateway);
  const detail = facts?.routes.find(({ interface: name, gateway }) => name === route.interface && gateway === address);
  const lifetime = detail === undefined || facts === undefined ? undefined : lifetimeLeftSeconds(detail, facts, now);
  return {
    ...(address === undefined ? {} : { address }),
    interface: route.interface,
    metric: route.metric,
    origin: route.fromAdvertisement ? 'ra' : (detail?.protocol ?? 'static'),
    ...(route.fromAdvertisement && detail?.preference !== undefined ? { preference: detail.preference } : {}),
    ...(lifetime === undefined ? {} : { lifetime_seconds: lifetime }),
  };
}

/** A route without a gateway reaches a router only where the link has one other end; and no route does without a carrier. */
async function leadsOut(host: Host, { interface: name, gateway }: KernelRoute): Promise<boolean> {
  const carrier = await host.readFile(`/sys/class/net/${name}/carrier`);
  if (carrier?.trim() === '0') return false;
  if (gateway !== undefined) return true;
  const flags = Number((await host.readFile(`/sys/class/net/${name}/flags`))?.trim() ?? 0);
  return (flags & (IFF_POINTOPOINT | IFF_NOARP)) !== 0;
}
