import { type Place, parseCount, parseFailure } from '../../parse-failure.ts';
import type { Station } from './connection.ts';
import type { Abilities } from './generation.ts';
import { parseHostapdName } from './network-name.ts';
import { guardIntervalsUs, htStreams, type Modulation, type Rate } from './rate.ts';
import { ignored, knownDbm, linesOf, type NotUnderstood, parseAddress, parseQuantity } from './wifi-text.ts';

/** A client as an access point knows it. */
export interface Client extends Station {
  /** Undefined until the client has said what it can do. */
  abilities: Abilities | undefined;
  isSixGhz: boolean;
}

/** An access point's own facts. */
export interface AccessPoint {
  state: string;
  frequencyMhz: number | undefined;
  channel: number | undefined;
  abilities: Abilities;
  /** One for each network of the radio. */
  networks: { interface: string; bssid: string; ssid: string; clientCount: number | undefined }[];
}

/** hostapd's rates are in 100 kbit/s (hostap, src/ap/ctrl_iface_ap.c). */
const RATES_PER_MBIT = 10;

/**
 * Parses what hostapd's control socket says of its clients (hostap, src/ap/ctrl_iface_ap.c; `hostapd_cli all_sta` asks for one after the
 * other):
 *
 *     02:00:00:00:00:0a
 *     flags=[AUTH][ASSOC][AUTHORIZED][WMM][HT][VHT][HE]
 *     aid=1
 *     rx_packets=8263
 *     signal=-51
 *     rx_rate_info=12009 hemcs 11 henss 2
 *     tx_rate_info=8667 vhtmcs 9 vhtnss 2 shortGI
 *     connected_time=2983
 *
 * @throws CampusError `parse_failed`
 */
export function parseClients(text: string, notUnderstood: NotUnderstood = ignored, firstLine = 1): Client[] {
  const source = 'hostapd STA';
  const clients: (Client & { flags?: string })[] = [];
  for (const { text: line, number } of linesOf(text, firstLine)) {
    const place = { source, line: number };
    const equals = line.indexOf('=');
    const client = clients.at(-1);
    if (equals < 0) {
      clients.push({ address: parseAddress(line, place), abilities: undefined, isSixGhz: false });
    } else if (client === undefined) throw parseFailure(place, 'a MAC address', line);
    else readClientLine(client, [line.slice(0, equals), line.slice(equals + 1)], { place, notUnderstood });
  }
  return clients.map(({ flags, ...client }) => {
    // The flags come next to the address, so where they are missing, the end of the text is.
    if (flags === undefined) throw parseFailure({ source, line: firstLine }, 'flags of each client', undefined);
    return client;
  });
}

interface Reading {
  place: Place;
  notUnderstood: NotUnderstood;
}

function readClientLine(
  client: Client & { flags?: string },
  [name, value]: [string, string],
  { place, notUnderstood }: Reading,
): void {
  const count = (): number => parseCount(value, place, name);
  switch (name) {
    case 'flags':
      client.flags = value;
      Object.assign(client, parseFlags(value, place));
      break;
    case 'signal':
      client.signalDbm = knownDbm(parseQuantity(value, '', place));
      break;
    case 'rx_rate_info':
      client.rx = parseRateInfo(value, { place, notUnderstood });
      break;
    case 'tx_rate_info':
      client.tx = parseRateInfo(value, { place, notUnderstood });
      break;
    case 'rx_packets':
      client.rxPackets = count();
      break;
    case 'tx_packets':
      client.txPackets = count();
      break;
    case 'rx_bytes':
      client.rxBytes = count();
      break;
    case 'tx_bytes':
      client.txBytes = count();
      break;
    case 'inactive_msec':
      client.inactiveMs = count();
      break;
    case 'connected_time':
      client.connectedSeconds = count();
      break;
    default:
  }
}

/** Parses `[AUTH][ASSOC][AUTHORIZED][HT][VHT][HE]` (hostap, src/ap/sta_info.c, ap_sta_flags_txt). */
function parseFlags(text: string, place: Place): Pick<Client, 'abilities' | 'isSixGhz' | 'authorized'> {
  if (!/^(?:\[[^[\]]+\])*$/.test(text)) throw parseFailure(place, 'flags such as [AUTH][ASSOC]', text);
  const has = (flag: string): boolean => text.includes(`[${flag}]`);
  const abilities = { ht: has('HT'), vht: has('VHT') || has('VENDOR_VHT'), he: has('HE'), eht: has('EHT') };
  return {
    // What it can do is in the request by which it associates.
    abilities: has('ASSOC') ? abilities : undefined,
    isSixGhz: has('6GHZ'),
    authorized: has('AUTHORIZED'),
  };
}

/** Parses `8667 vhtmcs 9 vhtnss 2 shortGI`; 0 is unknown. */
function parseRateInfo(text: string, { place, notUnderstood }: Reading): Rate | undefined {
  const [speed, ...words] = text.split(' ');
  const hundreds = parseCount(speed, place, 'a rate in 100 kbit/s');
  const rate = { mcs: undefined, nss: undefined } as { mcs: number | undefined; nss: number | undefined };
  let modulation: Modulation = 'legacy';
  let guardIntervalUs: number | undefined;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    const match = /^(vht|he|eht)?_?(mcs|nss|gi)$/.exec(word);
    if (word === 'shortGI') guardIntervalUs = 0.4;
    else if (match !== null) {
      const number = parseCount(words[++index], place, word);
      modulation = (match[1] as Modulation | undefined) ?? 'ht';
      if (match[2] === 'gi') guardIntervalUs = guardIntervalsUs[number];
      else rate[match[2] === 'mcs' ? 'mcs' : 'nss'] = number;
    } else if (word !== '') notUnderstood(word);
  }
  if (hundreds === 0 && words.length === 0) return undefined;
  return {
    mbitPerSecond: hundreds === 0 ? undefined : hundreds / RATES_PER_MBIT,
    modulation,
    mcs: rate.mcs,
    nss: rate.nss ?? (modulation === 'ht' ? htStreams(rate.mcs) : undefined),
    widthMhz: undefined,
    guardIntervalUs: guardIntervalUs ?? (modulation === 'ht' || modulation === 'vht' ? 0.8 : undefined),
    dcm: undefined,
  };
}

/**
 * Parses hostapd's STATUS (hostap, src/ap/ctrl_iface_ap.c, hostapd_ctrl_iface_status):
 *
 *     state=ENABLED
 *     phy=phy0
 *     freq=5180
 *     channel=36
 *     ieee80211n=1
 *     ieee80211ac=1
 *     ieee80211ax=0
 *     bss[0]=wlan0
 *     bssid[0]=02:00:00:00:00:01
 *     ssid[0]=Room \xe4\xb8\x80
 *     num_sta[0]=3
 *
 * @throws CampusError `parse_failed`
 */
export function parseAccessPoint(text: string, firstLine = 1): AccessPoint {
  const source = 'hostapd STATUS';
  const values = new Map<string, { value: string; place: Place }>();
  for (const { text: line, number } of linesOf(text, firstLine)) {
    const place = { source, line: number };
    const [, name, value] = /^([^=]+)=(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw parseFailure(place, 'name=value', line);
    values.set(name, { value, place });
  }
  const read = <T>(name: string, parse: (value: string, place: Place) => T): T | undefined => {
    const found = values.get(name);
    return found === undefined ? undefined : parse(found.value, found.place);
  };
  const number = (name: string): number | undefined => read(name, (value, place) => parseCount(value, place, name));
  const state = read('state', (value) => value);
  if (state === undefined) throw parseFailure({ source, line: firstLine }, 'state=…', text.split('\n', 1)[0]);
  const networks: AccessPoint['networks'] = [];
  for (let index = 0; values.has(`bss[${index}]`); index++) {
    networks.push({
      interface: read(`bss[${index}]`, (value) => value) ?? '',
      bssid: read(`bssid[${index}]`, parseAddress) ?? '',
      ssid: read(`ssid[${index}]`, parseHostapdName) ?? '',
      clientCount: number(`num_sta[${index}]`),
    });
  }
  const on = (name: string): boolean => number(name) === 1;
  return {
    state,
    frequencyMhz: number('freq'),
    channel: number('channel'),
    abilities: { ht: on('ieee80211n'), vht: on('ieee80211ac'), he: on('ieee80211ax'), eht: on('ieee80211be') },
    networks,
  };
}
