import type { CarrierTechnology } from './facts.ts';

type Range = readonly [band: number, first: number, last: number];

/** Downlink EARFCNs of each band (3GPP TS 36.101 table 5.7.3-1): no two bands share one. */
const lteBands: readonly Range[] = [
  [1, 0, 599],
  [2, 600, 1199],
  [3, 1200, 1949],
  [4, 1950, 2399],
  [5, 2400, 2649],
  [6, 2650, 2749],
  [7, 2750, 3449],
  [8, 3450, 3799],
  [9, 3800, 4149],
  [10, 4150, 4749],
  [11, 4750, 4949],
  [12, 5010, 5179],
  [13, 5180, 5279],
  [14, 5280, 5379],
  [17, 5730, 5849],
  [18, 5850, 5999],
  [19, 6000, 6149],
  [20, 6150, 6449],
  [21, 6450, 6599],
  [22, 6600, 7399],
  [23, 7500, 7699],
  [24, 7700, 8039],
  [25, 8040, 8689],
  [26, 8690, 9039],
  [27, 9040, 9209],
  [28, 9210, 9659],
  [29, 9660, 9769],
  [30, 9770, 9869],
  [31, 9870, 9919],
  [32, 9920, 10359],
  [33, 36000, 36199],
  [34, 36200, 36349],
  [35, 36350, 36949],
  [36, 36950, 37549],
  [37, 37550, 37749],
  [38, 37750, 38249],
  [39, 38250, 38649],
  [40, 38650, 39649],
  [41, 39650, 41589],
  [42, 41590, 43589],
  [43, 43590, 45589],
  [44, 45590, 46589],
  [45, 46590, 46789],
  [46, 46790, 54539],
  [47, 54540, 55239],
  [48, 55240, 56739],
  [49, 56740, 58239],
  [50, 58240, 59089],
  [51, 59090, 59139],
  [52, 59140, 60139],
  [53, 60140, 60254],
  [65, 65536, 66435],
  [66, 66436, 67335],
  [67, 67336, 67535],
  [68, 67536, 67835],
  [69, 67836, 68335],
  [70, 68336, 68585],
  [71, 68586, 68935],
  [72, 68936, 68985],
  [73, 68986, 69035],
  [74, 69036, 69465],
  [75, 69466, 70315],
  [76, 70316, 70365],
  [85, 70366, 70545],
  [87, 70546, 70595],
  [88, 70596, 70645],
];

/** Downlink NR-ARFCNs of each band (3GPP TS 38.101-1 table 5.4.2.3-1): many overlap. */
const nrBands: readonly Range[] = [
  [1, 422000, 434000],
  [2, 386000, 398000],
  [3, 361000, 376000],
  [5, 173800, 178800],
  [7, 524000, 538000],
  [8, 185000, 192000],
  [12, 145800, 149200],
  [13, 149200, 151200],
  [14, 151600, 153600],
  [18, 172000, 175000],
  [20, 158200, 164200],
  [24, 305000, 311800],
  [25, 386000, 399000],
  [26, 171800, 178800],
  [28, 151600, 160600],
  [29, 143400, 145600],
  [30, 470000, 472000],
  [34, 402000, 405000],
  [38, 514000, 524000],
  [39, 376000, 384000],
  [40, 460000, 480000],
  [41, 499200, 537999],
  [46, 743334, 795000],
  [48, 636667, 646666],
  [50, 286400, 303400],
  [51, 285400, 286400],
  [53, 496700, 499000],
  [65, 422000, 440000],
  [66, 422000, 440000],
  [67, 147600, 151600],
  [70, 399000, 404000],
  [71, 123400, 130400],
  [74, 295000, 303600],
  [75, 286400, 303400],
  [76, 285400, 286400],
  [77, 620000, 680000],
  [78, 620000, 653333],
  [79, 693334, 733333],
  [90, 499200, 538000],
];

/** The bands that the operators of mainland China (MCC 460) use for NR: what tells overlapping ones apart there. */
const chineseNrBands = new Set([1, 3, 5, 8, 28, 41, 78, 79]);

/** B3 of LTE and UMTS, n78 of NR. */
export function bandName(technology: CarrierTechnology, band: number): string {
  return technology === 'nr' ? `n${band}` : `B${band}`;
}

/** True where a channel lies in a band, as far as the tables know the band. */
export function isInBand(technology: CarrierTechnology, band: string | undefined, arfcn: number): boolean {
  return rangesAt(technology, arfcn).some(([number]) => bandName(technology, number) === band);
}

/**
 * The band of a channel, for modems that do not tell; undefined where several share it.
 * @param operatorCode tells in which country the modem is
 */
export function bandOf(
  technology: CarrierTechnology,
  arfcn: number | undefined,
  operatorCode: string | undefined,
): string | undefined {
  if (arfcn === undefined) return undefined;
  const bands = rangesAt(technology, arfcn).map(([band]) => band);
  const likely = operatorCode?.startsWith('460') === true ? bands.filter((band) => chineseNrBands.has(band)) : [];
  const [only, ...others] = technology === 'nr' && bands.length > 1 ? likely : bands;
  return only === undefined || others.length > 0 ? undefined : bandName(technology, only);
}

function rangesAt(technology: CarrierTechnology, arfcn: number): readonly Range[] {
  const table = technology === 'lte' ? lteBands : technology === 'nr' ? nrBands : [];
  return table.filter(([, first, last]) => arfcn >= first && arfcn <= last);
}

/** Resource blocks of LTE in MHz (3GPP TS 36.101 table 5.6-1). */
const lteBlocks: Readonly<Record<number, number>> = { 6: 1.4, 15: 3, 25: 5, 50: 10, 75: 15, 100: 20 };

export function lteBlocksToMhz(blocks: number | undefined): number | undefined {
  return blocks === undefined ? undefined : lteBlocks[blocks];
}
