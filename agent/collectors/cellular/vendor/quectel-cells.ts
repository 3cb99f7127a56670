import type { Row } from '../at/row.ts';
import { bandName, lteBlocksToMhz } from '../bands.ts';
import type { Carrier, Cell, ModemFacts, RegistrationState } from '../facts.ts';
import { operatorCode } from '../standard/operator.ts';
import { readDirect, readDuplex, readIdentity, readSpacingKhz } from './levels.ts';

/** Codes of a bandwidth of NR (RG520N and RM520N series AT commands manual, +QENG). Modems with Unisoc's chips print MHz. */
const nrBandwidths = [5, 10, 15, 20, 25, 30, 40, 50, 60, 70, 80, 90, 100, 200, 400, 35, 45];
const lteBandwidths = [1.4, 3, 5, 10, 15, 20];

/** States that say more than that there is a cell: searching, and service for emergencies only. */
const cellStates: Readonly<Record<string, RegistrationState>> = { SEARCH: 'searching', LIMSRV: 'emergency-only' };

/**
 * Parses +QENG (Quectel's AT commands manuals of the EC2x, EM12, RG50xQ/RM5xxQ, RG520N/RM520N and RM500U series): the serving cell, in EN-DC in three
 * lines, and the neighbours.
 *
 *     +QENG: "servingcell","NOCONN","NR5G-SA","TDD",460,01,9013B004,299,690E0F,633984,78,12,-107,-13,2,1,-
 *     +QENG: "servingcell","NOCONN","LTE","FDD",460,01,5F1EA15,12,1650,3,5,5,DE10,-100,-12,-68,11,-,-,27
 *     +QENG: "servingcell","NOCONN"
 *     +QENG: "LTE","FDD",460,01,5F1EA15,12,1650,3,5,5,DE10,-99,-12,-67,11,9,230,-
 *     +QENG:"NR5G-NSA",460,01,747,-71,13,-11,627264,78,12,1
 *     +QENG: "neighbourcell intra","LTE",38950,276,-3,-88,-65,0,37,7,16,6,44
 */
export function parseQeng(row: Row): ModemFacts {
  const kind = row.text(0)?.toLowerCase() ?? '';
  if (kind.startsWith('neighbourcell')) return { neighbours: neighbour(row, kind) };
  if (kind !== 'servingcell') return { carriers: [servingCell(row, 0)] };
  row.needs(2);
  const state = cellStates[row.text(1) ?? ''];
  return {
    registrations: state === undefined ? [] : [{ domain: 'cell', state }],
    carriers: row.count > 2 ? [servingCell(row, 2)] : [],
  };
}

/** @param at where the technology stands */
function servingCell(row: Row, at: number): Carrier {
  const technology = row.text(at) ?? '';
  if (technology === 'NR5G-SA') return nrStandalone(row, at + 1);
  if (technology === 'NR5G-NSA') return nrNonStandalone(row, at + 1);
  if (/^(LTE|CAT-M|EMTC|CAT-NB|NBIOT)/i.test(technology)) return lte(row, at + 1);
  if (/^(WCDMA|TDSCDMA)$/i.test(technology)) return umts(row, at + 1);
  if (/^GSM$/i.test(technology)) return gsm(row, at + 1);
  throw row.failure('NR5G-SA, NR5G-NSA, LTE, WCDMA or GSM');
}

/** duplex, MCC, MNC, cell, PCI, TAC, ARFCN, band, bandwidth, RSRP, RSRQ, SINR, SCS, srxlev; on Unisoc's chips: …, SINR, ?, srxlev, SCS. */
function nrStandalone(row: Row, at: number): Carrier {
  row.needs(at + 12);
  const spacing = row.count >= at + 15 ? at + 14 : at + 12;
  return {
    technology: 'nr',
    primary: true,
    duplex: readDuplex(row, at),
    operatorCode: operatorCode(row.text(at + 1), row.text(at + 2)),
    cellId: row.hex(at + 3, 'cellID'),
    pci: readIdentity(row, at + 4, 'pci'),
    tac: row.hex(at + 5, 'TAC'),
    arfcn: readIdentity(row, at + 6, 'arfcn'),
    band: readBand(row, at + 7, 'nr'),
    bandwidthMhz: readNrBandwidth(row, at + 8),
    rsrpDbm: readDirect(row, at + 9, 'rsrp'),
    rsrqDb: readDirect(row, at + 10, 'rsrq'),
    sinrDb: readDirect(row, at + 11, 'sinr'),
    subcarrierSpacingKhz: readSpacingKhz(row, spacing),
  };
}

/** MCC, MNC, PCI, RSRP, SINR, RSRQ, and in all but the first firmware ARFCN, band, bandwidth, SCS. */
function nrNonStandalone(row: Row, at: number): Carrier {
  row.needs(at + 6);
  return {
    technology: 'nr',
    primary: false,
    operatorCode: operatorCode(row.text(at), row.text(at + 1)),
    pci: readIdentity(row, at + 2, 'pci'),
    rsrpDbm: readDirect(row, at + 3, 'rsrp'),
    sinrDb: readDirect(row, at + 4, 'sinr'),
    rsrqDb: readDirect(row, at + 5, 'rsrq'),
    arfcn: readIdentity(row, at + 6, 'arfcn'),
    band: readBand(row, at + 7, 'nr'),
    bandwidthMhz: readNrBandwidth(row, at + 8),
    subcarrierSpacingKhz: readSpacingKhz(row, at + 9),
  };
}

/** duplex, MCC, MNC, cell, PCI, EARFCN, band, bandwidth up and down, TAC, RSRP, RSRQ, RSSI, SINR. */
function lte(row: Row, at: number): Carrier {
  row.needs(at + 14);
  const bandwidth = row.number(at + 8, 'DL_bandwidth', { least: 0, greatest: 5 });
  return {
    technology: 'lte',
    primary: true,
    duplex: readDuplex(row, at),
    operatorCode: operatorCode(row.text(at + 1), row.text(at + 2)),
    cellId: row.hex(at + 3, 'cellID'),
    pci: readIdentity(row, at + 4, 'pci'),
    arfcn: readIdentity(row, at + 5, 'arfcn'),
    band: readBand(row, at + 6, 'lte'),
    bandwidthMhz: bandwidth === undefined ? undefined : lteBandwidths[bandwidth],
    tac: row.hex(at + 9, 'TAC'),
    rsrpDbm: readDirect(row, at + 10, 'rsrp'),
    rsrqDb: readDirect(row, at + 11, 'rsrq'),
    rssiDbm: readDirect(row, at + 12, 'rssi'),
    sinrDb: readLteSinr(row, at + 13),
  };
}

/** The manuals: SINR in dB is X / 5 · 10 − 20, which fits X of 0 to 25. A negative number can be dB only. */
function readLteSinr(row: Row, index: number): number | undefined {
  const value = row.number(index, 'sinr', { least: -20, greatest: 25 });
  return value === undefined || value < 0 ? value : 2 * value - 20;
}

/** MCC, MNC, LAC, cell, UARFCN, PSC, RAC, RSCP, Ec/Io. */
function umts(row: Row, at: number): Carrier {
  row.needs(at + 9);
  return {
    technology: 'umts',
    primary: true,
    operatorCode: operatorCode(row.text(at), row.text(at + 1)),
    tac: row.hex(at + 2, 'LAC'),
    cellId: row.hex(at + 3, 'cellID'),
    arfcn: readIdentity(row, at + 4, 'arfcn'),
    pci: readIdentity(row, at + 5, 'psc'),
    rscpDbm: readDirect(row, at + 7, 'rscp'),
    ecnoDb: readDirect(row, at + 8, 'ecno'),
  };
}

/** MCC, MNC, LAC, cell, BSIC, ARFCN. */
function gsm(row: Row, at: number): Carrier {
  row.needs(at + 6);
  return {
    technology: 'gsm',
    primary: true,
    operatorCode: operatorCode(row.text(at), row.text(at + 1)),
    tac: row.hex(at + 2, 'LAC'),
    cellId: row.hex(at + 3, 'cellID'),
    arfcn: readIdentity(row, at + 5, 'arfcn'),
  };
}

/** Intra and inter frequency cells have RSRQ before RSRP; those of NR, and of LTE seen from WCDMA, have it behind. */
function neighbour(row: Row, kind: string): Cell[] {
  row.needs(4);
  const technology = row.text(1) ?? '';
  if (/^LTE/i.test(technology)) {
    const swapped = kind !== 'neighbourcell';
    const cell: Cell = {
      technology: 'lte',
      arfcn: readIdentity(row, 2, 'arfcn'),
      pci: readIdentity(row, 3, 'pci'),
      rsrqDb: readDirect(row, swapped ? 4 : 5, 'rsrq'),
      rsrpDbm: readDirect(row, swapped ? 5 : 4, 'rsrp'),
      rssiDbm: swapped ? readDirect(row, 6, 'rssi') : undefined,
    };
    return cell.pci === undefined ? [] : [cell];
  }
  if (/^NR/i.test(technology)) {
    const rest = {
      rsrpDbm: readDirect(row, 4, 'rsrp'),
      rsrqDb: readDirect(row, 5, 'rsrq'),
      sinrDb: readDirect(row, 6, 'sinr'),
    };
    return [{ technology: 'nr', arfcn: readIdentity(row, 2, 'arfcn'), pci: readIdentity(row, 3, 'pci'), ...rest }];
  }
  if (/^(WCDMA|TDSCDMA|GSM)$/i.test(technology)) {
    return [{ technology: /^GSM$/i.test(technology) ? 'gsm' : 'umts', arfcn: readIdentity(row, 2, 'arfcn') }];
  }
  throw row.failure('a neighbour of NR, LTE, WCDMA or GSM');
}

function readBand(row: Row, index: number, technology: 'lte' | 'nr'): string | undefined {
  const band = readIdentity(row, index, 'band');
  return band === undefined ? undefined : bandName(technology, band);
}

/** A code, or what can be no code and so is MHz. */
export function readNrBandwidth(row: Row, index: number): number | undefined {
  const value = row.number(index, 'NR_DL_bandwidth', { least: 0, greatest: 400 });
  return value === undefined ? undefined : (nrBandwidths[value] ?? value);
}

/** Resource blocks. */
export function readLteBandwidth(row: Row, index: number): number | undefined {
  const blocks = row.number(index, 'bandwidth', { least: 0, greatest: 100 });
  return lteBlocksToMhz(blocks) ?? (blocks === undefined ? undefined : row.unclear('bandwidth', String(blocks)));
}
