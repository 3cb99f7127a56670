import type { Row } from '../at/row.ts';
import { bandName, isInBand, lteBlocksToMhz } from '../bands.ts';
import type { Carrier, CarrierTechnology, Cell, ModemFacts } from '../facts.ts';
import { operatorCode } from '../standard/operator.ts';
import { readLevel } from '../standard/signal.ts';
import { readDirect } from './levels.ts';

const rats: Readonly<Record<number, Exclude<CarrierTechnology, 'gsm'>>> = { 2: 'umts', 4: 'lte', 9: 'nr' };

const SERVING_COLUMNS = 14;
const NEIGHBOUR_COLUMNS = 12;

/**
 * Parses a row of +GTCCINFO (Fibocom's AT commands manuals of the FM150/FM160, FM350 and FM650 series), which stands on a line of its own below
 * the prefix: serving (1) or not (2), technology (2, 4, 9), MCC, MNC, TAC, cell, channel, PCI; for the serving cell band, bandwidth, SINR; then
 * level, RSRP and RSRQ on the scales of 3GPP TS 27.007 §8.69.
 *
 *     +GTCCINFO:
 *     LTE service cell:
 *     1,4,460,01,4F50,52BF337,672,1E4,103,100,44,63,63,24
 *     1,9,460,00,149002,C2840C002,504990,128,5041,500,16,69,69,64
 *     2,9,,,FFFFFFF,00FFFFFFF,504990,643,,126,126,64
 *
 * Channel and PCI are hexadecimal on Qualcomm's chips (FM150, FM160) and decimal on the others; the band tells which.
 */
export function parseGtccinfo(row: Row): ModemFacts {
  const [serving, rat] = [
    row.number(0, 'IsServiceCell', { least: 1, greatest: 2 }),
    row.number(1, 'rat', { least: 0, greatest: 9 }),
  ];
  const technology = rats[rat ?? 0];
  if (serving === undefined || technology === undefined) throw row.failure('a cell: 1 or 2, then 2, 4 or 9');
  row.needs(serving === 1 && technology !== 'umts' ? SERVING_COLUMNS : NEIGHBOUR_COLUMNS);
  if (technology === 'umts') return umts(row, serving === 1);
  if (serving === 2) {
    const channel = readChannel(row, 6, 7, { technology, band: undefined });
    const cell: Cell = { technology, arfcn: channel.arfcn, pci: channel.pci, ...readLevels(row, technology, 10) };
    return { neighbours: cell.pci === undefined ? [] : [cell] };
  }
  return { carriers: [servingCell(row, technology)] };
}

function servingCell(row: Row, technology: 'lte' | 'nr'): Carrier {
  const band = parseBand(row, row.text(8), technology);
  const channel = readChannel(row, 6, 7, { technology, band });
  return {
    technology,
    primary: technology === 'lte' ? true : undefined,
    operatorCode: operatorCode(row.text(2), row.text(3)),
    tac: row.hex(4, 'tac'),
    cellId: row.hex(5, 'cellid'),
    band,
    arfcn: channel.arfcn,
    pci: channel.pci,
    bandwidthMhz: readBandwidth(row, 9, { technology, hexadecimal: channel.hexadecimal }),
    sinrDb: readSinr(row, 10, { technology, band, hexadecimal: channel.hexadecimal }),
    ...readLevels(row, technology, 12),
  };
}

/** LAC, cell, UARFCN and PSC of a cell of 3G; its levels stand in other columns on each series. */
function umts(row: Row, serving: boolean): ModemFacts {
  const { arfcn, pci } = readChannel(row, 6, 7, { technology: 'umts', band: undefined });
  if (!serving) return { neighbours: [{ technology: 'umts', arfcn, pci }] };
  const code = operatorCode(row.text(2), row.text(3));
  const carrier: Carrier = {
    technology: 'umts',
    primary: true,
    operatorCode: code,
    tac: row.hex(4, 'lac'),
    cellId: row.hex(5, 'cellid'),
  };
  return { carriers: [{ ...carrier, arfcn, pci }] };
}

function readLevels(
  row: Row,
  technology: 'lte' | 'nr',
  at: number,
): { rsrpDbm?: number | undefined; rsrqDb?: number | undefined } {
  const [rsrp, rsrq] = technology === 'nr' ? (['ssRsrp', 'ssRsrq'] as const) : (['rsrp', 'rsrq'] as const);
  return { rsrpDbm: readLevel(row, at, rsrp), rsrqDb: readLevel(row, at + 1, rsrq) };
}

/**
 * SINR of LTE (RSSNR) comes in half dB with its sign (Fibocom's FM350 AT commands user manual V2.10, §11.1.15). Of NR that manual says an index on the scale
 * of 3GPP TS 38.133 §10.1.16, which is right for Qualcomm's chips; MediaTek's do otherwise: FM350s have been captured with 2 beside an SS-RSRQ of −9 dB, and
 * with 6 beside −7 dB, which an SS-SINR of −22.5 or −20.5 dB leaves no room for (TS 38.215 §5.1.3: the interference counts in RSRQ, too). Half dB fits
 * both. Unisoc's (FM650), which name no band of NR, print dB.
 */
function readSinr(
  row: Row,
  index: number,
  form: { technology: 'lte' | 'nr'; band: string | undefined; hexadecimal: boolean },
): number | undefined {
  if (form.technology === 'nr' && form.hexadecimal) return readLevel(row, index, 'ssSinr');
  if (form.technology === 'nr' && form.band === undefined) return readDirect(row, index, 'sinr');
  const value = row.number(index, 'sinr', { least: -100, greatest: 100, unknown: [255] });
  return value === undefined ? undefined : value / 2;
}

/** 100 + n of LTE, "50" before n of NR, as in +GTACT: 103 is B3, 501 n1, 5078 n78. */
function parseBand(row: Row, text: string | undefined, technology: CarrierTechnology): string | undefined {
  if (text === undefined) return undefined;
  const number = technology === 'nr' ? /^50(\d{1,3})$/.exec(text)?.[1] : /^1(\d\d)$/.exec(text)?.[1];
  return number === undefined || Number(number) === 0
    ? row.unclear('band', text)
    : bandName(technology, Number(number));
}

/** Resource blocks of LTE; of NR MHz on Qualcomm's chips, fifths of a MHz on the others (500 is 100 MHz). */
function readBandwidth(
  row: Row,
  index: number,
  { technology, hexadecimal }: { technology: 'lte' | 'nr'; hexadecimal: boolean },
): number | undefined {
  const value = row.number(index, 'bandwidth', { least: 0, greatest: 2000, unknown: [255] });
  if (value === undefined || value === 0) return undefined;
  if (technology === 'lte') return lteBlocksToMhz(value);
  return hexadecimal ? value : value / 5;
}

interface Channel {
  arfcn: number | undefined;
  pci: number | undefined;
  hexadecimal: boolean;
}

/** Channel and PCI, in the base in which the channel lies within the band; without a word of the band, decimal unless there are letters. */
function readChannel(
  row: Row,
  arfcnAt: number,
  pciAt: number,
  { technology, band }: { technology: CarrierTechnology; band: string | undefined },
): Channel {
  const [arfcn = '', pci = ''] = [row.text(arfcnAt), row.text(pciAt)];
  const fits = (base: number): boolean =>
    band !== undefined && isInBand(technology, band, Number.parseInt(arfcn, base));
  const letters = /[a-f]/i.test(arfcn + pci);
  const hexadecimal = letters || (!fits(10) && fits(16));
  const parse = (text: string, field: string): number | undefined => {
    if (text === '') return undefined;
    if (!/^[0-9a-f]{1,7}$/i.test(text)) return row.unclear(field, text);
    return Number.parseInt(text, hexadecimal ? 16 : 10);
  };
  const identity = parse(pci, 'physicalcellId');
  return {
    arfcn: parse(arfcn, 'arfcn'),
    pci: identity !== undefined && identity > 1007 ? row.unclear('physicalcellId', pci) : identity,
    hexadecimal,
  };
}

/**
 * Parses a row of +GTCAINFO: the primary carrier is band, PCI, channel, bandwidth down (and up), …, RSRP; secondary ones have before that their
 * state and whether they have an uplink. RSRP is dBm where it is negative, else on the scale of 3GPP.
 *
 *     +GTCAINFO:
 *     PCC:5005,524,176190,75,75,1,1,1,2,-99
 *     SCC 1:2,1,101,214,200,50,50,0,0,0,0,-89
 */
export function parseGtcainfo(row: Row): ModemFacts {
  const [, role, first] = /^(PCC|SCC)\s*\d*\s*:\s*(\d*)$/.exec(row.text(0) ?? '') ?? [];
  if (role === undefined || first === undefined) throw row.failure('PCC: or SCC 1:, and numbers');
  const at = role === 'PCC' ? 0 : 2;
  row.needs(at + 9);
  const bandText = role === 'PCC' ? first : row.text(at);
  const technology = bandText?.startsWith('50') === true ? 'nr' : 'lte';
  const band = parseBand(row, bandText, technology);
  const channel = readChannel(row, at + 2, at + 1, { technology, band });
  const last = row.count - 1;
  const isDirect = row.text(last)?.startsWith('-') === true;
  const carrier: Carrier = {
    technology,
    band,
    primary: role === 'PCC' && technology === 'lte' ? true : undefined,
    arfcn: channel.arfcn,
    pci: channel.pci,
    bandwidthMhz: readBandwidth(row, at + 3, { technology, hexadecimal: channel.hexadecimal }),
    rsrpDbm: isDirect ? readDirect(row, last, 'rsrp') : readLevel(row, last, technology === 'nr' ? 'ssRsrp' : 'rsrp'),
  };
  return { carriers: [carrier] };
}

/**
 * Parses +GTSENRDTEMP: sensor and temperature in thousandths of a degree.
 *
 *     +GTSENRDTEMP: 1,45000
 */
export function parseGtsenrdtemp(row: Row): ModemFacts {
  row.needs(2);
  const value = row.number(1, 'temperature', { least: -55_000, greatest: 150_000 });
  return value === undefined
    ? {}
    : { temperatures: [{ sensor: `sensor-${row.text(0) ?? ''}`, celsius: value / 1000 }] };
}
