import { isObject, parseJsonList, unexpected } from './ip-json.ts';

export interface RouteToTarget {
  interface: string;
  /** The kernel has learned it, or a router or person has set it. */
  mtuBytes: number | undefined;
}

/**
 * Parses `ip -j route get ADDRESS` (iproute2, ip/iproute.c):
 *
 *     [{"dst":"192.0.2.129","gateway":"192.0.2.2","dev":"eth0","prefsrc":"192.0.2.1","flags":[],"expires":599,"metrics":[{"mtu":1400}]}]
 *
 * @returns undefined where there is no way to it
 * @throws CampusError `parse_failed`
 */
export function parseIpRouteGet(text: string): RouteToTarget | undefined {
  const [route] = parseJsonList(text, 'ip route get');
  if (route === undefined) return undefined;
  const { dev, metrics } = route;
  if (typeof dev !== 'string') throw unexpected('ip route get', 'a route with dev', route);
  const mtu = (Array.isArray(metrics) ? metrics : [])
    .filter(isObject)
    .map((metric) => metric['mtu'])
    .find(isNumber);
  return { interface: dev, mtuBytes: mtu };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}
