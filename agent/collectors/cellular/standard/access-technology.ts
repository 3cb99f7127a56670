import type { Technology } from '../facts.ts';

/** `<AcT>` (3GPP TS 27.007 §7.3, rel. 17): 10 and 12 are radio of which the core alone is known to be 5G's. */
const technologies: Readonly<Record<number, Technology>> = {
  0: 'gsm',
  1: 'gsm',
  2: 'umts',
  3: 'gsm',
  4: 'umts',
  5: 'umts',
  6: 'umts',
  7: 'lte',
  8: 'gsm',
  9: 'nb-iot',
  10: 'lte',
  11: 'nr-sa',
  12: 'nr-sa',
  13: 'en-dc',
  14: 'nb-iot',
  15: 'lte',
  16: 'nr-sa',
};

/** The greatest `<AcT>` there is. */
export const ACT_MAX = 16;

export function technologyOfAct(act: number | undefined): Technology | undefined {
  return act === undefined ? undefined : technologies[act];
}
