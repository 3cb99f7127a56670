import { type Place, parseFailure } from '../../parse-failure.ts';
import type { Abilities } from './generation.ts';
import { parseIwName } from './network-name.ts';
import { ignored, knownDbm, linesOf, type NotUnderstood, parseAddress, parseQuantity } from './wifi-text.ts';

/** A network that was heard. */
export interface HeardNetwork {
  interface: string;
  bssid: string;
  ssid: string | undefined;
  frequencyMhz: number;
  signalDbm: number | undefined;
  lastSeenMs: number | undefined;
  abilities: Abilities;
  isConnected: boolean;
}

const source = 'iw scan';
const heading = /^BSS (\S+?)\s*\(on (\S+)\)(?: -- (associated|joined|authenticated))?$/;

/**
 * Parses `iw dev NAME scan` and `scan dump` (iw, scan.c, print_bss_handler), as far as it tells who is where and how strong:
 *
 *     BSS 02:00:00:00:00:01(on wlan0) -- associated
 *     	freq: 5180.0
 *     	signal: -45.00 dBm
 *     	last seen: 429 ms ago
 *     	SSID: Room 301
 *     	HT capabilities:
 *     	VHT capabilities:
 *     	HE capabilities:
 *
 * The rest (rates, encryption, what vendors add) is left alone.
 * @throws CampusError `parse_failed`
 */
export function parseScan(text: string, notUnderstood: NotUnderstood = ignored, firstLine = 1): HeardNetwork[] {
  const networks: (Omit<HeardNetwork, 'frequencyMhz'> & { frequencyMhz?: number })[] = [];
  for (const { text: line, number } of linesOf(text, firstLine)) {
    const place = { source, line: number };
    const network = networks.at(-1);
    if (line.startsWith('BSS ') && !line.startsWith('BSS Load')) networks.push(parseHeading(line, place));
    else if (network === undefined) throw parseFailure(place, 'BSS MAC(on NAME)', line);
    else if (line.startsWith('freq: ')) network.frequencyMhz = parseQuantity(line.slice('freq: '.length), '', place);
    else if (/^signal: .*(dBm)?$/.test(line)) readSignal(network, line, { place, notUnderstood });
    else if (/^last seen: .* ago$/.test(line)) {
      network.lastSeenMs = parseQuantity(line.slice('last seen: '.length, -' ago'.length), 'ms', place);
    } else if (/^SSID:/.test(line)) network.ssid ||= parseIwName(line.slice('SSID:'.length).trim(), place) || undefined;
    else if (/^HT capabilities:$/.test(line)) network.abilities.ht = true;
    else if (line === 'VHT capabilities:') network.abilities.vht = true;
    else if (line === 'HE capabilities:') network.abilities.he = true;
    else if (line === 'EHT capabilities:') network.abilities.eht = true;
  }
  return networks.map((network) => {
    // Each is heard on a frequency: where it is missing, the end of the text is.
    if (network.frequencyMhz !== undefined) return { ...network, frequencyMhz: network.frequencyMhz };
    throw parseFailure({ source, line: firstLine }, 'freq of each BSS', undefined);
  });
}

function parseHeading(text: string, place: Place): Omit<HeardNetwork, 'frequencyMhz'> {
  const match = heading.exec(text);
  if (match === null) throw parseFailure(place, 'BSS MAC(on NAME)', text);
  return {
    ...{ bssid: parseAddress(match[1], place), interface: match[2] ?? '', isConnected: match[3] !== undefined },
    ...{ ssid: undefined, signalDbm: undefined, lastSeenMs: undefined },
    abilities: { ht: false, vht: false, he: false, eht: false },
  };
}

/** `-45.00 dBm`, or of drivers that have no scale `64/100`. */
function readSignal(
  network: Pick<HeardNetwork, 'signalDbm'>,
  line: string,
  { place, notUnderstood }: { place: Place; notUnderstood: NotUnderstood },
): void {
  const value = line.slice('signal: '.length);
  if (/^\d+\/100$/.test(value)) notUnderstood(line);
  else network.signalDbm = knownDbm(parseQuantity(value, 'dBm', place));
}
