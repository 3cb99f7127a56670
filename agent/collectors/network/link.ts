import type { Host } from '../../host/host.ts';
import { parseCount, parseFailure } from '../../parse-failure.ts';

/** The state of an interface's link; unknown parts are undefined. */
export interface Link {
  ifindex: number | undefined;
  /** Mbit/s. */
  speed: number | undefined;
  duplex: 'full' | 'half' | undefined;
  carrier: boolean | undefined;
  operState: string | undefined;
  mtuBytes: number | undefined;
}

/** The values of operstate (Documentation/ABI/testing/sysfs-class-net, RFC 2863 §3.1.14). */
const operStates = ['unknown', 'notpresent', 'down', 'lowerlayerdown', 'testing', 'dormant', 'up'];

/** Reads the attributes of /sys/class/net/{name} that change. An interface that is down has no carrier, speed and duplex. */
export async function readLink(host: Host, name: string): Promise<Link> {
  const read = async <T>(attribute: string, parse: (text: string, source: string) => T): Promise<T | undefined> => {
    const source = `/sys/class/net/${name}/${attribute}`;
    const text = await host.readFile(source);
    return text === undefined ? undefined : parse(text.trim(), source);
  };
  const [ifindex, speed, duplex, carrier, operState, mtuBytes] = await Promise.all([
    read('ifindex', parseAttributeCount),
    read('speed', parseSpeed),
    read('duplex', parseDuplex),
    read('carrier', parseCarrier),
    read('operstate', parseOperState),
    read('mtu', parseAttributeCount),
  ]);
  return { ifindex, speed, duplex, carrier, operState, mtuBytes };
}

/** Parses an attribute that is a count, such as `1500` in mtu. */
export function parseAttributeCount(text: string, source: string): number {
  return parseCount(text, { source, line: 1 }, 'the attribute');
}

/**
 * Parses speed: Mbit/s, `-1` or, on some drivers, 65535, 4294967295 or 0 when the link has none.
 * @returns undefined when unknown
 */
export function parseSpeed(text: string, source: string): number | undefined {
  if (text === '-1') return undefined;
  const speed = parseCount(text, { source, line: 1 }, 'Mbit/s or -1');
  return speed === 0 || speed === 0xffff || speed === 0xffffffff ? undefined : speed;
}

/** Parses duplex: `full`, `half` or `unknown`. */
export function parseDuplex(text: string, source: string): 'full' | 'half' | undefined {
  if (text === 'full' || text === 'half') return text;
  if (text === 'unknown') return undefined;
  throw parseFailure({ source, line: 1 }, 'full, half or unknown', text);
}

/** Parses carrier: `1` or `0`. */
export function parseCarrier(text: string, source: string): boolean {
  if (text !== '0' && text !== '1') throw parseFailure({ source, line: 1 }, '0 or 1', text);
  return text === '1';
}

/** Parses operstate, e.g. `up` or `lowerlayerdown`. */
export function parseOperState(text: string, source: string): string {
  if (!operStates.includes(text)) throw parseFailure({ source, line: 1 }, operStates.join(', '), text);
  return text;
}
