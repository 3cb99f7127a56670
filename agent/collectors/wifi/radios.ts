import type { WifiGeneration } from '../../../contract/measurements/wifi.ts';
import { type Place, parseFailure } from '../../parse-failure.ts';
import { type Band, bandOf } from './frequency.ts';
import { type Abilities, generationOf } from './generation.ts';
import { linesOf, parseQuantity } from './wifi-text.ts';

/** What a radio can do. */
export interface Radio {
  /** `phy0`. */
  name: string;
  bands: RadioBand[];
}

export interface RadioBand extends Abilities {
  band: Band | undefined;
  /** Frequencies that may be used, MHz. */
  usableMhz: number[];
}

const source = 'iw phy';

/**
 * Parses `iw phy` and `iw list` (iw, info.c, print_phy_handler), as far as it tells bands, channels and generations:
 *
 *     Wiphy phy0
 *     	Band 2:
 *     		Capabilities: 0x9ff
 *     		VHT Capabilities (0x339071b2):
 *     		HE Iftypes: managed, AP
 *     		EHT Iftypes: managed
 *     		Frequencies:
 *     			* 5180.0 MHz [36] (20.0 dBm)
 *     			* 5260.0 MHz [52] (20.0 dBm) (radar detection)
 *     			* 5845.0 MHz [169] (disabled)
 *
 * Everything else that it prints (ciphers, commands, limits) is left alone.
 * @throws CampusError `parse_failed`
 */
export function parseRadios(text: string, firstLine = 1): Radio[] {
  const radios: Radio[] = [];
  let inBand = false;
  for (const { text: line, indent, number } of linesOf(text, firstLine)) {
    const place = { source, line: number };
    const radio = radios.at(-1);
    const heading = /^Wiphy (\S+)$/.exec(line);
    if (heading !== null) {
      radios.push({ name: heading[1] ?? '', bands: [] });
      inBand = false;
    } else if (radio === undefined) throw parseFailure(place, 'Wiphy NAME', line);
    else if (/^Band \d+:$/.test(line)) {
      radio.bands.push({ band: undefined, usableMhz: [], ht: false, vht: false, he: false, eht: false });
      inBand = true;
    } else if (indent === '\t' || indent.length === 1) inBand = false;
    const band = inBand ? radios.at(-1)?.bands.at(-1) : undefined;
    if (band !== undefined) readBandLine(band, line, place);
  }
  for (const { name, bands } of radios) {
    // Every radio has a band with channels: where there is none, the end of the text is missing.
    if (bands.every(({ band }) => band === undefined)) {
      throw parseFailure({ source, line: firstLine }, `bands of the radio ${name}, with frequencies`, undefined);
    }
  }
  return radios;
}

function readBandLine(band: RadioBand, line: string, place: Place): void {
  if (/^Capabilities: 0x/.test(line)) band.ht = true;
  else if (line.startsWith('VHT Capabilities')) band.vht = true;
  else if (line.startsWith('HE Iftypes')) band.he = true;
  else if (line.startsWith('EHT Iftypes')) band.eht = true;
  else if (/^\* [\d.]+ ?MHz/.test(line)) {
    const match = /^\* ([\d.]+ MHz) \[-?\d+\] \((disabled|-?\d+\.\d+ dBm)\)/.exec(line);
    if (match === null) throw parseFailure(place, '* F MHz [N] (P dBm) or (disabled)', line);
    const mhz = parseQuantity(match[1] ?? '', 'MHz', place);
    band.band ??= bandOf(mhz);
    if (match[2] !== 'disabled') band.usableMhz.push(mhz);
  }
}

/** The bands on which a radio may use a channel, in the order of their frequencies. */
export function usableBands({ bands }: Radio): Band[] {
  const usable = bands.filter(({ usableMhz }) => usableMhz.length > 0);
  usable.sort((a, b) => (a.usableMhz[0] ?? 0) - (b.usableMhz[0] ?? 0));
  return usable.flatMap(({ band }) => band ?? []);
}

/** The newest generation that a radio can do, on a band that it may use. */
export function radioGeneration({ bands }: Radio): WifiGeneration {
  const usable = bands.filter(({ usableMhz }) => usableMhz.length > 0);
  const can = (ability: keyof Abilities): boolean => usable.some((band) => band[ability]);
  const abilities = { ht: can('ht'), vht: can('vht'), he: can('he'), eht: can('eht') };
  return generationOf(
    abilities,
    usable.some(({ band, he }) => band === '6GHz' && he),
  );
}
