import { type Place, parseFailure } from '../../parse-failure.ts';
import type { Channel } from './frequency.ts';
import { parseIwName } from './network-name.ts';
import { ignored, type Line, linesOf, type NotUnderstood, parseAddress, parseQuantity } from './wifi-text.ts';

export type Mode = 'station' | 'access-point' | 'mesh' | 'ad-hoc' | 'monitor' | 'p2p' | 'other';

/** An interface of a radio. With Wi-Fi 7 it may have several links, each on a channel. */
export interface WifiInterface {
  /** Undefined for what has no network interface (a P2P device). */
  name: string | undefined;
  /** `phy0`; undefined where the output does not tell. */
  radio: string | undefined;
  address: string | undefined;
  ssid: string | undefined;
  /** Undefined where nobody says. */
  mode: Mode | undefined;
  channel: Channel | undefined;
  txPowerDbm: number | undefined;
  links: Link[];
}

/** A link of a multi-link device (IEEE 802.11be). */
export interface Link {
  id: number;
  channel: Channel | undefined;
  txPowerDbm: number | undefined;
}

/** The names of types (iw, util.c, iftype_name). */
const modes: Readonly<Record<string, Mode>> = {
  managed: 'station',
  AP: 'access-point',
  'AP/VLAN': 'access-point',
  'mesh point': 'mesh',
  IBSS: 'ad-hoc',
  monitor: 'monitor',
  'P2P-client': 'p2p',
  'P2P-GO': 'p2p',
  'P2P-device': 'p2p',
};

/** Printed, and of no use here. */
const known =
  /^(ifindex \d+|wdev 0x[0-9a-f]+|4addr: on|multicast TXQ:|qsz-byt\s.*|(\d+\s+)*\d+|MLD with links:|Radios:.*)$/;
const heading = /^(?:Interface (?<name>\S+)|Unnamed\/non-netdev interface)$/;

/**
 * Parses `iw dev` and `iw dev NAME info` (iw, interface.c, print_iface_handler):
 *
 *     phy#0
 *     	Interface wlan0
 *     		ifindex 3
 *     		wdev 0x1
 *     		addr 02:00:00:00:00:01
 *     		ssid Room \xe4\xb8\x80
 *     		type AP
 *     		channel 36 (5180 MHz), width: 80 MHz, center1: 5210 MHz
 *     		txpower 20.00 dBm
 *
 * @throws CampusError `parse_failed`
 */
export function parseInterfaces(text: string, notUnderstood: NotUnderstood = ignored, firstLine = 1): WifiInterface[] {
  const source = 'iw dev';
  const interfaces: WifiInterface[] = [];
  let radio: string | undefined;
  let lines: Line[] = [];
  let begin: { name: string | undefined; place: Place } | undefined;
  const end = (): void => {
    if (begin !== undefined) interfaces.push(readInterface({ ...begin, radio, lines }, notUnderstood));
    begin = undefined;
    lines = [];
  };
  for (const line of linesOf(text, firstLine)) {
    const place = { source, line: line.number };
    const phy = /^phy#(\d+)$/.exec(line.text);
    const named = heading.exec(line.text);
    if (phy !== null) {
      end();
      radio = `phy${phy[1]}`;
    } else if (named !== null) {
      end();
      begin = { name: named.groups?.['name'], place };
    } else if (begin === undefined) throw parseFailure(place, 'phy#N or Interface NAME', line.text);
    else lines.push(line);
  }
  end();
  return interfaces;
}

interface Block {
  name: string | undefined;
  radio: string | undefined;
  place: Place;
  lines: readonly Line[];
}

function readInterface({ name, radio, place, lines }: Block, notUnderstood: NotUnderstood): WifiInterface {
  const read: Omit<WifiInterface, 'mode'> = {
    ...{ name, radio, address: undefined, ssid: undefined, channel: undefined, txPowerDbm: undefined, links: [] },
  };
  let type: string | undefined;
  for (const { text, number } of lines) {
    const at = { ...place, line: number };
    const [word = '', rest = ''] = split(text);
    // What follows the heading of a link is the link's.
    const owner = read.links.at(-1) ?? read;
    const link = /^- link(?: ID +(\d+))?(?: link addr (\S+))?$/.exec(text);
    if (link !== null) read.links.push({ id: Number(link[1] ?? 0), channel: undefined, txPowerDbm: undefined });
    else if (word === 'addr') read.address = parseAddress(rest, at);
    else if (word === 'ssid') read.ssid = parseIwName(rest, at);
    else if (word === 'type') type = rest;
    else if (word === 'wiphy') read.radio = `phy${parseQuantity(rest, '', at)}`;
    else if (word === 'channel') owner.channel = parseChannel(text, at);
    else if (word === 'txpower') owner.txPowerDbm = parseTxPower(rest, at);
    else if (!known.test(text)) notUnderstood(text);
  }
  // The type is always printed, and is what says what the others mean.
  if (type === undefined || type === '') throw parseFailure(place, 'an interface with a type', name);
  return { ...read, mode: modes[type] ?? 'other' };
}

function split(text: string): [string, string] {
  const space = text.indexOf(' ');
  return space < 0 ? [text, ''] : [text.slice(0, space), text.slice(space + 1)];
}

/** Parses `channel 36 (5180 MHz), width: 80 MHz, center1: 5210 MHz`, with its older form `channel 1 (2412 MHz) HT20`. */
function parseChannel(text: string, place: Place): Channel {
  const match =
    /^channel (\d+) \((\d+(?:\.\d+)?) MHz\)(?:, width: (unknown|\d+(?:\+\d+)? MHz)(?: \(no HT\))?(?:, center1: (\d+(?:\.\d+)?) MHz)?(?:, center2: (\d+) MHz)?(?:, punctured: 0x[0-9a-f]+)?| (NO HT|HT20|HT40[-+]))?$/.exec(
      text,
    );
  if (match === null) throw parseFailure(place, 'channel N (F MHz), width: W MHz, center1: F MHz', text);
  const [, channel, frequency, width, center1, center2, type] = match;
  return {
    channel: Number(channel),
    frequencyMhz: Number(frequency),
    widthMhz: parseWidth(width) ?? (type === undefined ? undefined : type.startsWith('HT40') ? 40 : 20),
    center1Mhz: numberOf(center1),
    center2Mhz: numberOf(center2),
  };
}

/** `80+80 MHz` is 160. */
function parseWidth(text: string | undefined): number | undefined {
  if (text === undefined || text === 'unknown') return undefined;
  return text
    .slice(0, text.indexOf(' '))
    .split('+')
    .reduce((sum, part) => sum + Number(part), 0);
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

/** Parses `20.00 dBm`. Of a negative power iw gives both parts a sign: −1.5 is `-1.-50`, −0.5 is `0.-50`. */
function parseTxPower(text: string, place: Place): number {
  const match = /^(-?\d+)\.(-?)(\d{2}) dBm$/.exec(text);
  if (match === null) throw parseFailure(place, 'a power such as 20.00 dBm', text);
  const [, whole = '', sign, hundredths = ''] = match;
  const isNegative = sign === '-' || whole.startsWith('-');
  return Number(whole) + (isNegative ? -1 : 1) * (Number(hundredths) / 100);
}
