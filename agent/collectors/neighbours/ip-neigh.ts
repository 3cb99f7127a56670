import { isIP } from 'node:net';
import type { NotUnderstood } from '../../decode/decoded.ts';
import type { Place } from '../../parse-failure.ts';
import { isObject } from '../ipv6/ip-json.ts';
import { type Neighbour, neighbourFailure, neighbourStates, shown } from './neighbour.ts';

const SOURCE = 'ip neigh';
const states: ReadonlySet<string> = new Set(neighbourStates);
/** Words with a value that is of no use here (ip -s neigh), and words without one. */
const withValue: ReadonlySet<string> = new Set(['ref', 'used', 'probes', 'proto', 'nhid', 'vni', 'via', 'master']);
const alone: ReadonlySet<string> = new Set(['router', 'proxy', 'extern_learn', 'extern_valid', 'offload', 'managed']);

export interface ParsedNeighbours {
  neighbours: Neighbour[];
  notUnderstood: NotUnderstood[];
}

/** True for a line that begins as one of `ip neigh` does. */
export function looksLikeIpNeigh(line: string): boolean {
  const [address = '', dev] = line.trim().split(/\s+/);
  return dev === 'dev' && isIP(address) !== 0;
}

/**
 * Parses one line of `ip neigh` or `ip -s neigh` (iproute2, ip/ipneigh.c):
 *
 *     192.0.2.1 dev eth0 lladdr 02:00:00:00:00:01 ref 1 used 0/0/0 probes 4 REACHABLE
 *     fe80::1 dev eth0 lladdr 02:00:00:00:00:01 router STALE
 *     192.0.2.9 dev eth0  FAILED
 *
 * @throws CampusError `parse_failed`
 */
export function parseIpNeighLine(line: string, number: number): ParsedNeighbours {
  const place = { source: SOURCE, line: number };
  const [address = '', , name, ...words] = line.trim().split(/\s+/);
  if (isIP(address) === 0 || name === undefined) throw neighbourFailure(place, 'an address and an interface', line);
  const neighbour = newNeighbour(address, name);
  const notUnderstood: NotUnderstood[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (word === 'lladdr') neighbour.linkLayer = linkLayer(words[++index], place);
    else if (states.has(word)) neighbour.states.push(word.toLowerCase());
    else if (word === 'router') neighbour.isRouter = true;
    else if (word === 'proxy') neighbour.isProxy = true;
    else if (withValue.has(word)) index++;
    else if (!alone.has(word)) notUnderstood.push({ line: number, field: SOURCE, value: shown(word) });
  }
  if (neighbour.states.length === 0 && !neighbour.isProxy) {
    throw neighbourFailure(place, `a state, one of ${neighbourStates.join(', ')}`, line);
  }
  return { neighbours: [neighbour], notUnderstood };
}

/**
 * Parses `ip -j neigh`:
 *
 *     [{"dst":"fe80::1","dev":"eth0","lladdr":"02:00:00:00:00:01","router":null,"state":["STALE"]}]
 *
 * @throws CampusError `parse_failed`
 */
export function parseIpNeighJson(text: string, firstLine = 1): ParsedNeighbours {
  const place = { source: 'ip -j neigh', line: firstLine };
  const notUnderstood: NotUnderstood[] = [];
  const neighbours = entries(text, place).map((entry): Neighbour => {
    const { dst, dev, lladdr, state } = entry;
    if (typeof dst !== 'string' || isIP(dst) === 0 || typeof dev !== 'string') {
      throw neighbourFailure(place, 'an entry with dst and dev', JSON.stringify(entry));
    }
    const neighbour = newNeighbour(dst, dev);
    if (lladdr !== undefined) neighbour.linkLayer = linkLayer(lladdr, place);
    // `ip` writes null for a flag that is set.
    neighbour.isRouter = entry['router'] !== undefined;
    neighbour.isProxy = entry['proxy'] !== undefined;
    for (const one of Array.isArray(state) ? state : []) {
      if (states.has(one)) neighbour.states.push(String(one).toLowerCase());
      else notUnderstood.push({ line: firstLine, field: 'state', value: shown(String(one)) });
    }
    if (neighbour.states.length === 0 && !neighbour.isProxy) {
      throw neighbourFailure(place, 'an entry with state', JSON.stringify(entry));
    }
    return neighbour;
  });
  return { neighbours, notUnderstood };
}

function entries(text: string, place: Place) {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw neighbourFailure(place, 'JSON', text);
  }
  if (!Array.isArray(value)) throw neighbourFailure(place, 'a list', text);
  return value.filter(isObject).filter((entry) => Object.keys(entry).length > 0);
}

function newNeighbour(address: string, name: string): Neighbour {
  return { address, interface: name, linkLayer: undefined, states: [], isRouter: false, isProxy: false };
}

/** Octets in hexadecimal, as many as the link has (InfiniBand 20), or an IP address where the link is a tunnel. */
function linkLayer(value: unknown, place: Place): string {
  const isOne = typeof value === 'string' && (/^[0-9a-f]{2}(:[0-9a-f]{2}){1,31}$/i.test(value) || isIP(value) !== 0);
  if (!isOne) throw neighbourFailure(place, 'a link-layer address', value === undefined ? undefined : String(value));
  return value.toLowerCase();
}
