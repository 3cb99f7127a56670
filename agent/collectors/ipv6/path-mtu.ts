import type { Host } from '../../host/host.ts';
import { parseIpRouteGet } from './ip-route-get.ts';

/** Bytes before the data of an echo request: the header of each family, and ICMP's (RFC 8200 §3, RFC 791 §3.1, RFC 792). */
const OVERHEAD = { ipv4: 28, ipv6: 48 } as const;
/** What every link and every host takes: RFC 8200 §5, RFC 791 §3.1. */
const FLOOR = { ipv4: 576, ipv6: 1280 } as const;
/** A jumbo frame; the loopback takes more, and tells nothing. */
const CEILING = 9000;
/** Routers that each know a narrower link than the one before. */
const TOO_BIG_MAX = 4;
const REPLY_WAIT_SECONDS = 1;
const PING_TIMEOUT_MS = 4000;
const IP_TIMEOUT_MS = 3000;
const OUTPUT_MAX_BYTES = 16 * 1024;
/** ping(8): 1 nothing was received, 2 it could not send; both are answers here. */
const NO_ANSWER = [1, 2];

export interface PathMtu {
  /** Of the whole packet. */
  mtuBytes: number;
  /** Larger packets vanish without an ICMP message, twice over. */
  isBlackHole: boolean;
}

type Family = 'ipv4' | 'ipv6';

interface Answer {
  answered: boolean;
  /** What a router said that its link takes. */
  tooBigMtu: number | undefined;
  /** It was never sent: the kernel knows a smaller path MTU. */
  isRefused: boolean;
}

export interface PathMtuOptions {
  address: string;
  family: Family;
  signal: AbortSignal;
}

/**
 * Finds the path MTU (RFC 8201, RFC 1191) by echo requests that must not be fragmented, from the link's own size downwards; where larger ones vanish
 * without a word it searches for the size that passes.
 * @returns undefined when the target does not answer pings, or `ping` or `ip` are others than iputils' and iproute2's
 */
export async function measurePathMtu(host: Host, options: PathMtuOptions): Promise<PathMtu | undefined> {
  const { family } = options;
  const ceiling = await linkMtu(host, options);
  if (ceiling === undefined || ceiling < FLOOR[family]) return undefined;
  if ((await ask(host, FLOOR[family], options))?.answered !== true) return undefined;
  let size = Math.min(ceiling, CEILING);
  for (let round = 0; round <= TOO_BIG_MAX; round++) {
    const answer = await ask(host, size, options);
    if (answer === undefined) return undefined;
    if (answer.answered) return { mtuBytes: size, isBlackHole: false };
    const narrower = answer.tooBigMtu ?? (answer.isRefused ? await linkMtu(host, options) : undefined);
    if (narrower === undefined || narrower >= size || narrower < FLOOR[family]) break;
    size = narrower;
  }
  // Once more: two packets may have been lost by chance.
  if ((await ask(host, size, options))?.answered === true) return { mtuBytes: size, isBlackHole: false };
  return { mtuBytes: await search(host, FLOOR[family], size, options), isBlackHole: true };
}

/** The largest size that passes, where `passes` does and `fails` does not. */
async function search(host: Host, passes: number, fails: number, options: PathMtuOptions): Promise<number> {
  let [low, high] = [passes, fails];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if ((await ask(host, middle, options))?.answered === true) low = middle;
    else high = middle;
  }
  return low;
}

async function ask(host: Host, size: number, { address, family, signal }: PathMtuOptions): Promise<Answer | undefined> {
  const shape = ['-n', '-M', 'do', '-c', '2', '-i', '0.2', '-W', `${REPLY_WAIT_SECONDS}`];
  const output = await host.run('ping', [...shape, '-s', `${size - OVERHEAD[family]}`, address], {
    ...{ signal, timeoutMs: PING_TIMEOUT_MS, maxBytes: OUTPUT_MAX_BYTES, exitCodes: NO_ANSWER },
  });
  return output === undefined ? undefined : parseMtuPing(output);
}

/**
 * Parses what iputils' `ping -M do` prints:
 *
 *     1240 bytes from 2001:db8:b::1: icmp_seq=1 ttl=63 time=0.211 ms
 *     From 2001:db8:a::2 icmp_seq=1 Packet too big: mtu=1400
 *     From 192.0.2.2 icmp_seq=1 Frag needed and DF set (mtu = 1400)
 *     2 packets transmitted, 0 received, +2 errors, 100% packet loss, time 205ms
 *
 * @returns undefined for what another ping prints
 */
export function parseMtuPing(text: string): Answer | undefined {
  const [, received, errors] = /^\d+ packets transmitted, (\d+) received,(?:.* \+(\d+) errors)?/m.exec(text) ?? [];
  if (received === undefined) return undefined;
  const [, mtu] = /(?:Packet too big: mtu=|Frag needed and DF set \(mtu = )(\d{1,5})/.exec(text) ?? [];
  return {
    answered: Number(received) > 0,
    tooBigMtu: mtu === undefined ? undefined : Number(mtu),
    isRefused: errors !== undefined,
  };
}

/** What the first link takes, or less where the kernel has learned of a narrower one on the way. */
async function linkMtu(host: Host, { address, family, signal }: PathMtuOptions): Promise<number | undefined> {
  const [plain = '', zone] = address.split('%');
  const device = zone === undefined ? [] : ['oif', zone];
  const limits = { signal, timeoutMs: IP_TIMEOUT_MS, maxBytes: OUTPUT_MAX_BYTES, exitCodes: [1, 2] };
  const output = await host.run('ip', ['-j', 'route', 'get', plain, ...device], limits);
  const route = output === undefined ? undefined : parseIpRouteGet(output);
  if (route === undefined) return undefined;
  const paths = [
    `/sys/class/net/${route.interface}/mtu`,
    ...(family === 'ipv6' ? [`/proc/sys/net/ipv6/conf/${route.interface}/mtu`] : []),
  ];
  const texts = await Promise.all(paths.map((path) => host.readFile(path)));
  const known = [...texts.map((text) => Number(text?.trim() ?? Number.NaN)), route.mtuBytes ?? Number.NaN];
  const sizes = known.filter((size) => Number.isInteger(size) && size > 0);
  return sizes.length === 0 ? undefined : Math.min(...sizes);
}
