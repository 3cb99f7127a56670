import { isIPv6 } from 'node:net';
import type { CampusError } from '../../../contract/errors.ts';
import { withoutMacs } from '../../../contract/mac-address.ts';
import { type Place, parseFailure } from '../../parse-failure.ts';
import type { AdvertisedPrefix, AdvertisedRoute, RouterAdvertisement } from './advertisement.ts';

const SOURCE = 'rdisc6';

/** A value of a line that nobody understood; newer versions print more. */
export interface UnknownLine {
  line: number;
  field: string;
  value: string;
}

export interface ParsedAdvertisements {
  advertisements: RouterAdvertisement[];
  notUnderstood: UnknownLine[];
}

/** An advertisement whose end has not come; the parts that were begun last take the lines that follow. */
interface Draft extends Omit<RouterAdvertisement, 'router'> {
  prefix: AdvertisedPrefix | undefined;
  route: AdvertisedRoute | undefined;
  /** Name servers whose lifetime stands below them. */
  openNameServers: string[];
}

type Take = (draft: Draft, value: string, place: Place) => void;

/** Stands below one name server or several. */
function closeNameServers(draft: Draft, value: string, place: Place): void {
  const lifetimeSeconds = count(value, place);
  draft.nameServers.push(...draft.openNameServers.map((address) => ({ address, lifetimeSeconds })));
  draft.openNameServers = [];
}

/** What each label means: RFC 4861 §4.2 and §4.6, RFC 4191 §2, RFC 8106 §5. */
const takers: Readonly<Record<string, Take>> = {
  'Stateful address conf.': (draft, value, place) => {
    draft.managed = yesNo(value, place);
  },
  'Stateful other conf.': (draft, value, place) => {
    draft.otherConfig = yesNo(value, place);
  },
  'Router preference': (draft, value, place) => {
    draft.preference = preference(value, place);
  },
  'Router lifetime': (draft, value, place) => {
    draft.lifetimeSeconds = required(value, place);
  },
  'Reachable time': (draft, value, place) => {
    draft.reachableMs = count(value, place);
  },
  'Retransmit time': (draft, value, place) => {
    draft.retransmitMs = count(value, place);
  },
  MTU: (draft, value, place) => {
    draft.mtuBytes = /\(valid\)$/.test(value) ? required(value, place) : undefined;
  },
  Prefix: (draft, value, place) => {
    draft.prefix = { prefix: prefixText(value, place), onLink: false, autonomous: false };
    draft.prefixes.push(draft.prefix);
  },
  'On-link': (draft, value, place) => {
    part(draft.prefix, place).onLink = yesNo(value, place);
  },
  'Autonomous address conf.': (draft, value, place) => {
    part(draft.prefix, place).autonomous = yesNo(value, place);
  },
  'Valid time': (draft, value, place) => {
    part(draft.prefix, place).validSeconds = count(value, place);
  },
  'Pref. time': (draft, value, place) => {
    part(draft.prefix, place).preferredSeconds = count(value, place);
  },
  Route: (draft, value, place) => {
    draft.route = { prefix: prefixText(value, place), preference: undefined, lifetimeSeconds: undefined };
    draft.routes.push(draft.route);
  },
  'Route preference': (draft, value, place) => {
    part(draft.route, place).preference = preference(value, place);
  },
  'Route lifetime': (draft, value, place) => {
    part(draft.route, place).lifetimeSeconds = count(value, place);
  },
  'Recursive DNS server': (draft, value, place) => {
    if (!isIPv6(value)) throw parseFailure(place, 'an IPv6 address of a name server', value);
    draft.openNameServers.push(value);
  },
  'DNS server lifetime': closeNameServers,
  'DNS servers lifetime': closeNameServers,
  'DNS search list': (draft, value) => {
    draft.searchList.push(...value.split(/\s+/).filter((name) => name !== ''));
  },
  // Of no use here; and the link-layer address stays where it is.
  'DNS search list lifetime': () => {},
  'Mobile home agent': () => {},
  'Neighbor discovery proxy': () => {},
  'Source link-layer address': () => {},
};

/**
 * Parses what `rdisc6` of ndisc6 prints of each advertisement (its src/ndisc.c):
 *
 *     Hop limit                 :           64 (      0x40)
 *     Stateful address conf.    :          Yes
 *     Router preference         :         high
 *     Router lifetime           :          600 (0x00000258) seconds
 *     Reachable time            :  unspecified (0x00000000)
 *      Prefix                   : 2001:db8:5::/64
 *       On-link                 :          Yes
 *       Valid time              :     infinite (0xffffffff)
 *      Recursive DNS server     : 2001:db8:5::53
 *       DNS servers lifetime    :          300 (0x0000012c) seconds
 *      from fe80::2466:76ff:fe7f:c6e0
 *
 * @throws CampusError `parse_failed`, also for an advertisement that is cut short
 * @param firstLine the number of the first line of the text
 */
export function parseRdisc6(text: string, firstLine = 1): ParsedAdvertisements {
  const advertisements: RouterAdvertisement[] = [];
  const notUnderstood: UnknownLine[] = [];
  let draft: Draft | undefined;
  const lines = text.split(/\r*\n/);
  for (const [index, raw] of lines.entries()) {
    const place = { source: SOURCE, line: firstLine + index };
    const line = raw.trim();
    if (line === '' || /^(Soliciting |Timed out\.|No response\.)/.test(line)) continue;
    const [, from] = /^from (\S+)$/.exec(line) ?? [];
    const [, label = '', value = ''] = /^([A-Z][^:]*?) *: *(.*)$/.exec(line) ?? [];
    if (label === 'Hop limit') {
      if (draft !== undefined) throw cutShort(place, line);
      draft = newDraft(count(value, place));
    } else if (from !== undefined && draft !== undefined) {
      advertisements.push(finish(draft, from, place));
      draft = undefined;
    } else if (draft !== undefined && Object.hasOwn(takers, label)) {
      takers[label]?.(draft, value, place);
    } else {
      notUnderstood.push({ line: firstLine + index, field: label, value: withoutMacs(line) });
    }
  }
  if (draft !== undefined) throw cutShort({ source: SOURCE, line: firstLine + lines.length - 1 }, lines.at(-1));
  return { advertisements, notUnderstood };
}

function newDraft(hopLimit: number | undefined): Draft {
  return {
    ...{ hopLimit, managed: undefined, otherConfig: undefined, preference: undefined, lifetimeSeconds: 0 },
    ...{ reachableMs: undefined, retransmitMs: undefined, mtuBytes: undefined },
    ...{ prefixes: [], routes: [], nameServers: [], searchList: [] },
    ...{ prefix: undefined, route: undefined, openNameServers: [] },
  };
}

function finish(draft: Draft, router: string, place: Place): RouterAdvertisement {
  if (!isIPv6(router)) throw parseFailure(place, 'the address of a router', router);
  const { prefix: _prefix, route: _route, openNameServers, ...advertisement } = draft;
  if (openNameServers.length > 0) throw parseFailure(place, 'the lifetime of the name servers', `from ${router}`);
  return { router, ...advertisement };
}

function cutShort(place: Place, got: string | undefined): CampusError {
  return parseFailure(place, 'the line "from" at the end of an advertisement', withoutMacs(got ?? ''));
}

function part<T>(open: T | undefined, place: Place): T {
  if (open === undefined) throw parseFailure(place, 'a line "Prefix" or "Route" before', 'none');
  return open;
}

/** A number with or without a unit; undefined for one without an end or that the router leaves open. */
function count(value: string, place: Place): number | undefined {
  if (/^(infinite|undefined|unspecified)\b/.test(value)) return undefined;
  return required(value, place);
}

function required(value: string, place: Place): number {
  const [, digits] = /^(\d{1,10})(?: |$)/.exec(value) ?? [];
  if (digits === undefined) throw parseFailure(place, 'a number', value);
  return Number(digits);
}

function yesNo(value: string, place: Place): boolean {
  if (value !== 'Yes' && value !== 'No') throw parseFailure(place, 'Yes or No', value);
  return value === 'Yes';
}

/** A reserved preference counts as medium (RFC 4191 §2.2). */
function preference(value: string, place: Place): 'low' | 'medium' | 'high' {
  const [word] = value.split(' ');
  if (word !== 'low' && word !== 'medium' && word !== 'high') throw parseFailure(place, 'low, medium or high', value);
  return word;
}

function prefixText(value: string, place: Place): string {
  const [address = '', length, ...rest] = value.split('/');
  const bits = /^\d{1,3}$/.test(length ?? '') ? Number(length) : Number.NaN;
  if (!isIPv6(address) || !(bits <= 128) || rest.length > 0)
    throw parseFailure(place, 'a prefix with its length', value);
  return value;
}
