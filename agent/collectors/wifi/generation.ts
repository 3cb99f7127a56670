import type { WifiGeneration } from '../../../contract/measurements/wifi.ts';
import type { Band } from './frequency.ts';
import type { Modulation } from './rate.ts';

/** What somebody can do, by the amendments to IEEE 802.11. */
export interface Abilities {
  ht: boolean;
  vht: boolean;
  he: boolean;
  eht: boolean;
}

/**
 * The generation as the Wi-Fi Alliance counts: n is 4, ac 5, ax 6 and in the 6 GHz band 6E, be 7.
 * @param isSixGhz whether it works in the 6 GHz band
 */
export function generationOf({ ht, vht, he, eht }: Abilities, isSixGhz: boolean): WifiGeneration {
  if (eht) return '7';
  if (he) return isSixGhz ? '6E' : '6';
  if (vht) return '5';
  return ht ? '4' : 'legacy';
}

/**
 * The generation that frames show: at least this one. Undefined where only old frames were seen, which every generation sends too, and for
 * 802.11ah, which has no number.
 */
export function generationOfFrames(
  modulations: readonly (Modulation | undefined)[],
  band: Band | undefined,
): WifiGeneration | undefined {
  const seen = (modulation: Modulation): boolean => modulations.includes(modulation);
  const abilities = { ht: seen('ht'), vht: seen('vht'), he: seen('he'), eht: seen('eht') };
  return Object.values(abilities).includes(true) ? generationOf(abilities, band === '6GHz') : undefined;
}
