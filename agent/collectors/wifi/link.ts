import { type Place, parseCount, parseFailure } from '../../parse-failure.ts';
import type { Station } from './connection.ts';
import { parseIwName } from './network-name.ts';
import { parseRate } from './rate.ts';
import { ignored, knownDbm, linesOf, type NotUnderstood, parseAddress, parseQuantity } from './wifi-text.ts';

/** The connection of a station: `address` is the access point's. */
export interface IwLink extends Station {
  interface: string;
  ssid: string | undefined;
  /** One for each link of a multi-link device. */
  frequenciesMhz: number[];
}

const source = 'iw dev link';
const heading = /^(?:Connected to|Authenticated with|Joined IBSS) (\S+) \(on (\S+)\)$/;
/** Printed, and of no use here. A multi-link device has its links by number, and a heading above what they have together. */
const unused = /^(?:bss flags|dtim period|beacon int):|^Link \d+ BSSID \S+$|^MLD \S+ stats:$|^MLD address: /;

/**
 * Parses `iw dev NAME link` (iw, link.c):
 *
 *     Connected to 02:00:00:00:00:01 (on wlan0)
 *     	SSID: \xe6\x95\x99\xe5\xae\xa4
 *     	freq: 5180.0
 *     	RX: 28961313 bytes (25546 packets)
 *     	TX: 1545931 bytes (9165 packets)
 *     	signal: -45 dBm
 *     	rx bitrate: 1200.9 MBit/s 80MHz HE-MCS 11 HE-NSS 2 HE-GI 0 HE-DCM 0
 *     	tx bitrate: 866.7 MBit/s VHT-MCS 9 80MHz short GI VHT-NSS 2
 *     	dtim period: 3
 *
 * @returns undefined for `Not connected.`
 * @throws CampusError `parse_failed`
 */
export function parseLink(text: string, notUnderstood: NotUnderstood = ignored, firstLine = 1): IwLink | undefined {
  const [first, ...lines] = linesOf(text, firstLine);
  const top = { source, line: first?.number ?? firstLine };
  if (first?.text === 'Not connected.') return undefined;
  const match = first === undefined ? null : heading.exec(first.text);
  if (match === null) throw parseFailure(top, 'Connected to MAC (on NAME) or Not connected.', first?.text);
  const link: IwLink = {
    address: parseAddress(match[1], top),
    interface: match[2] ?? '',
    ssid: undefined,
    frequenciesMhz: [],
  };
  for (const { text: line, number } of lines) readLine(link, line, { place: { source, line: number }, notUnderstood });
  // The frequency is always known: where it is missing, the end of the text is.
  if (link.frequenciesMhz.length === 0) throw parseFailure(top, 'a connection with its freq', undefined);
  return link;
}

function readLine(link: IwLink, text: string, { place, notUnderstood }: Reading): void {
  if (unused.test(text)) return;
  const [, name = '', value = ''] = /^([^:]+): ?(.*)$/.exec(text) ?? [];
  switch (name) {
    case 'SSID':
      link.ssid = parseIwName(value, place);
      return;
    case 'freq':
      link.frequenciesMhz.push(parseQuantity(value, '', place));
      return;
    case 'RX':
      [link.rxBytes, link.rxPackets] = parseTraffic(value, place);
      return;
    case 'TX':
      [link.txBytes, link.txPackets] = parseTraffic(value, place);
      return;
    case 'signal':
      link.signalDbm = knownDbm(parseQuantity(value, 'dBm', place));
      return;
    case 'rx bitrate':
      link.rx = parseRate(value, place, notUnderstood);
      return;
    case 'tx bitrate':
      link.tx = parseRate(value, place, notUnderstood);
      return;
    case '':
      throw parseFailure(place, 'name: value', text);
    default:
      notUnderstood(text);
  }
}

interface Reading {
  place: Place;
  notUnderstood: NotUnderstood;
}

/** Parses `28961313 bytes (25546 packets)`. */
function parseTraffic(text: string, place: Place): [number, number] {
  const match = /^(\d+) bytes \((\d+) packets\)$/.exec(text);
  if (match === null) throw parseFailure(place, 'N bytes (N packets)', text);
  return [parseCount(match[1], place, 'bytes'), parseCount(match[2], place, 'packets')];
}
