import { type Place, parseFailure } from '../../parse-failure.ts';
import type { NotUnderstood } from './wifi-text.ts';

/** How frames are modulated: 802.11a/b/g, n, ac, ax, be, ah. */
export type Modulation = 'legacy' | 'ht' | 'vht' | 'he' | 'eht' | 's1g';

/** The rate of the last frame one way. */
export interface Rate {
  mbitPerSecond: number | undefined;
  /** Undefined where nobody says. */
  modulation: Modulation | undefined;
  mcs: number | undefined;
  /** Spatial streams. */
  nss: number | undefined;
  widthMhz: number | undefined;
  guardIntervalUs: number | undefined;
  /** Dual carrier modulation; undefined before HE. */
  dcm: boolean | undefined;
}

/** A rate of which nobody says how it is modulated. */
export function bareRate(mbitPerSecond: number): Rate {
  const unknown = { modulation: undefined, mcs: undefined, nss: undefined, widthMhz: undefined };
  return { mbitPerSecond, ...unknown, guardIntervalUs: undefined, dcm: undefined };
}

/** HE-GI and EHT-GI: 0, 1 and 2 (nl80211.h, enum nl80211_he_gi). */
export const guardIntervalsUs: readonly number[] = [0.8, 1.6, 3.2];
/** HT MCS 0 to 31 name the streams, too: eight rates for each number of them (IEEE 802.11-2020 §19.5). */
const HT_RATES_PER_STREAM = 8;
const HT_MCS_MAX = 31;

const widthsMhz: Readonly<Record<string, number>> = { '80P80MHz': 160 };

/** What iw adds to a rate, by its words; each takes the number behind it, or none. */
const flags =
  /^ (?:(?<mcsOf>(?:S1G-|VHT-|HE-|EHT-)?)MCS (?<mcs>\d+)|(?<nssOf>S1G-|VHT-|HE-|EHT-)NSS (?<nss>\d+)|(?<width>(?:\d+|80P80)MHz)|(?<short>short GI)|(?:HE|EHT)-GI (?<gi>\d)|HE-DCM (?<dcm>[01])|(?:HE|EHT)-RU-ALLOC (?<ru>\d+))(?= |$)/;

/**
 * Parses a rate as iw prints it (iw, station.c, parse_bitrate), in MBit/s or `(unknown)`:
 *
 *     54.0 MBit/s
 *     144.4 MBit/s MCS 15 short GI
 *     866.7 MBit/s VHT-MCS 9 80MHz short GI VHT-NSS 2
 *     1200.9 MBit/s 80MHz HE-MCS 11 HE-NSS 2 HE-GI 0 HE-DCM 0
 *     2882.3 MBit/s 160MHz EHT-MCS 13 EHT-NSS 2 EHT-GI 0
 *
 * @throws CampusError `parse_failed`
 */
export function parseRate(text: string, place: Place, notUnderstood: NotUnderstood): Rate {
  const speed = /^(?:(\d+(?:\.\d+)?) MBit\/s|\(unknown\))(?= |$)/.exec(text);
  if (speed === null) throw parseFailure(place, 'a rate in MBit/s', text);
  const found: Partial<Record<string, string>> = {};
  let rest = text.slice(speed[0].length).trimEnd();
  while (rest !== '') {
    const flag = flags.exec(rest);
    if (flag === null) {
      notUnderstood(rest.trim());
      break;
    }
    for (const [name, value] of Object.entries(flag.groups ?? {})) if (value !== undefined) found[name] = value;
    rest = rest.slice(flag[0].length);
  }
  const modulation = modulationOf(found['mcsOf'] ?? found['nssOf']);
  const mcs = numberOf(found['mcs']);
  return {
    mbitPerSecond: numberOf(speed[1]),
    modulation,
    mcs,
    nss: numberOf(found['nss']) ?? (modulation === 'ht' ? htStreams(mcs) : undefined),
    widthMhz: widthOf(found['width'], { modulation, inPart: found['ru'] !== undefined }),
    guardIntervalUs: guardInterval(modulation, found),
    dcm: found['dcm'] === undefined ? undefined : found['dcm'] === '1',
  };
}

/** The streams that an HT MCS index stands for; undefined for the two that stand for something else. */
export function htStreams(mcs: number | undefined): number | undefined {
  if (mcs === undefined || mcs > HT_MCS_MAX) return undefined;
  return Math.floor(mcs / HT_RATES_PER_STREAM) + 1;
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function modulationOf(prefix: string | undefined): Modulation {
  switch (prefix) {
    case undefined:
      return 'legacy';
    case 'S1G-':
      return 's1g';
    case 'VHT-':
      return 'vht';
    case 'HE-':
      return 'he';
    case 'EHT-':
      return 'eht';
    default:
      return 'ht';
  }
}

/** From HT on, a width that is not printed is 20 MHz; a part of a channel (a resource unit) has none. */
function widthOf(
  text: string | undefined,
  { modulation, inPart }: { modulation: Modulation; inPart: boolean },
): number | undefined {
  if (text !== undefined) return widthsMhz[text] ?? Number.parseInt(text, 10);
  return inPart || modulation === 'legacy' || modulation === 's1g' ? undefined : 20;
}

function guardInterval(modulation: Modulation, found: Partial<Record<string, string>>): number | undefined {
  if (found['gi'] !== undefined) return guardIntervalsUs[Number(found['gi'])];
  if (modulation !== 'ht' && modulation !== 'vht') return undefined;
  return found['short'] === undefined ? 0.8 : 0.4;
}
