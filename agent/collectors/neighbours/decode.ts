import { isIPv4 } from 'node:net';
import { CampusError } from '../../../contract/errors.ts';
import type { CollectedMetric } from '../../collector.ts';
import type { Decoded } from '../../decode/decoded.ts';
import { encodeAddress, isEui64, parseAddressText } from '../ipv6/address.ts';
import { looksLikeIpNeigh, type ParsedNeighbours, parseIpNeighJson, parseIpNeighLine } from './ip-neigh.ts';
import { type Neighbour, shown } from './neighbour.ts';
import { arpHeading, parseArpRow } from './proc-arp.ts';

/**
 * What a captured neighbour table says: of `ip neigh`, `ip -j neigh`, or /proc/net/arp. No link-layer address of a neighbour comes out, not even
 * inside of an IPv6 address: neighbours are numbered in the order in which they come.
 */
export function decodeNeighbours(text: string): Decoded {
  const decoded: Decoded = { metrics: [], notUnderstood: [], failures: [] };
  const neighbours: Neighbour[] = [];
  const attempt = (parse: () => ParsedNeighbours): void => {
    try {
      const parsed = parse();
      neighbours.push(...parsed.neighbours);
      decoded.notUnderstood.push(...parsed.notUnderstood);
    } catch (error) {
      if (!(error instanceof CampusError)) throw error;
      decoded.failures.push(error);
    }
  };
  if (text.trimStart().startsWith('[')) attempt(() => parseIpNeighJson(text));
  else decodeLines(text, attempt, decoded);
  const name = numbering();
  decoded.metrics = neighbours.map((neighbour) => toMetric(neighbour, name));
  if (neighbours.length === 0 && decoded.failures.length === 0 && decoded.notUnderstood.length > 0) {
    const expected = 'expected output of ip neigh, or /proc/net/arp';
    decoded.failures.push(new CampusError('parse_failed', `line 1: ${expected}`));
  }
  return decoded;
}

function decodeLines(text: string, attempt: (parse: () => ParsedNeighbours) => void, decoded: Decoded): void {
  let inArp = false;
  for (const [index, raw] of text.split(/\r*\n/).entries()) {
    const line = raw.trim();
    const number = index + 1;
    if (line === '') continue;
    if (arpHeading.test(line)) inArp = true;
    else if (looksLikeIpNeigh(line)) attempt(() => parseIpNeighLine(line, number));
    else if (inArp && /^[\d.]+\s/.test(line)) {
      attempt(() => ({ neighbours: [parseArpRow(line, number)], notUnderstood: [] }));
    } else decoded.notUnderstood.push({ line: number, field: '', value: shown(line) });
  }
}

function toMetric(neighbour: Neighbour, name: (linkLayer: string) => string): CollectedMetric {
  const { address, interface: iface, linkLayer, states, isRouter, isProxy } = neighbour;
  return {
    name: 'neighbour',
    tags: { interface: iface, ...(linkLayer === undefined ? {} : { client: name(linkLayer) }) },
    fields: {
      address: withoutInterfaceId(address),
      family: isIPv4(address) ? 'ipv4' : 'ipv6',
      state: states.length === 0 ? undefined : states.join(' '),
      router: isIPv4(address) ? undefined : isRouter,
      proxy: isProxy ? true : undefined,
    },
  };
}

/** An address made of a MAC address (RFC 4291 appendix A) would tell it: its prefix must do. */
function withoutInterfaceId(address: string): string {
  const groups = parseAddressText(address);
  if (groups === undefined || !isEui64(groups)) return address;
  return `${encodeAddress([...groups.slice(0, 4), 0, 0, 0, 0])}/64`;
}

function numbering(): (linkLayer: string) => string {
  const numbers = new Map<string, number>();
  return (linkLayer) => {
    const number = numbers.get(linkLayer) ?? numbers.size + 1;
    numbers.set(linkLayer, number);
    return `client-${number}`;
  };
}
