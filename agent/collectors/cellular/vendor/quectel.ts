import type { Row } from '../at/row.ts';
import { bandName } from '../bands.ts';
import type { Carrier, CarrierTechnology, ModemFacts, Temperature } from '../facts.ts';
import { decodeUcs2, operatorNamed } from '../standard/operator.ts';
import { readDirect, readIdentity } from './levels.ts';
import { readLteBandwidth, readNrBandwidth } from './quectel-cells.ts';

/**
 * Parses +QCAINFO (manual of the RG520N/RM520N series §5.21): each carrier that is aggregated, the primary one first.
 *
 *     +QCAINFO: "PCC",300,100,"LTE BAND 1",1,23,-66,-12,-34,30
 *     +QCAINFO: "SCC",1575,100,"LTE BAND 3",2,43,-64,-7,-24,30,0,-,-
 *     +QCAINFO: "SCC",648768,10,"NR5G BAND 78",920
 *     +QCAINFO: "SCC",504990,12,"NR5G BAND 41",2,80,0,-,-,-8000,-1100,1300
 */
export function parseQcainfo(row: Row): ModemFacts {
  const role = row.text(0)?.toUpperCase();
  // The read command says whether levels of NR are shown.
  if (row.count === 1 && role !== undefined && /^[01]$/.test(role)) return {};
  if (role !== 'PCC' && role !== 'SCC') throw row.failure('PCC or SCC');
  row.needs(5);
  const { technology, band } = bandOf(row, 3);
  const carrier: Carrier = { technology, band, primary: role === 'PCC', arfcn: readIdentity(row, 1, 'arfcn') };
  if (technology !== 'nr')
    return { carriers: [{ ...carrier, bandwidthMhz: readLteBandwidth(row, 2), ...levels(row, 5) }] };
  return { carriers: [{ ...carrier, bandwidthMhz: readNrBandwidth(row, 2), ...nrLevels(row) }] };
}

/** PCI, RSRP, RSRQ, RSSI, SINR. */
function levels(row: Row, at: number): Partial<Carrier> {
  return {
    pci: readIdentity(row, at, 'pci'),
    rsrpDbm: readDirect(row, at + 1, 'rsrp'),
    rsrqDb: readDirect(row, at + 2, 'rsrq'),
    rssiDbm: readDirect(row, at + 3, 'rssi'),
    sinrDb: readDirect(row, at + 4, 'sinr'),
  };
}

/**
 * After the band of NR follow PCI[, RSRP, RSRQ[, SNR · 100]], or state, PCI, whether there is an uplink, its bandwidth and channel, and the same
 * levels. Unisoc's chips have the columns of LTE.
 */
function nrLevels(row: Row): Partial<Carrier> {
  const columns = row.count - 4;
  if (columns === 6) return levels(row, 5);
  const [pci, rsrp] = columns >= 5 ? [5, 9] : [4, 5];
  const snr = row.number(rsrp + 2, 'NR_SNR', { least: -2400, greatest: 4100 });
  return {
    pci: readIdentity(row, pci, 'pci'),
    rsrpDbm: readDirect(row, rsrp, 'rsrp'),
    rsrqDb: readDirect(row, rsrp + 1, 'rsrq'),
    sinrDb: snr === undefined ? undefined : snr / 100,
  };
}

/**
 * Parses +QNWINFO (§5.18): technology, operator, band, channel.
 *
 *     +QNWINFO: "FDD LTE","46001","LTE BAND 3",1650
 *     +QNWINFO: "NR5G-SA","46011","NR N78",633984
 *     +QNWINFO: No Service
 */
export function parseQnwinfo(row: Row): ModemFacts {
  const access = row.text(0) ?? '';
  if (/^(no service|none|unknown)$/i.test(access) || access === '') return {};
  row.needs(4);
  const code = row.text(1);
  const { technology, band } = bandOf(row, 2);
  const duplex = /^(FDD|TDD)\b/.exec(access)?.[1]?.toLowerCase();
  const carrier: Carrier = {
    technology,
    band,
    arfcn: readIdentity(row, 3, 'arfcn'),
    ...(duplex === 'fdd' || duplex === 'tdd' ? { duplex } : {}),
  };
  return { ...(code === undefined ? {} : operatorNamed(code)), carriers: [carrier] };
}

/**
 * Parses +QSPN (§5.19): full and short name of the network, name of the provider, alphabet (1: UCS2 in hexadecimal), code.
 *
 *     +QSPN: "CHN-UNICOM","UNICOM","",0,"46001"
 */
export function parseQspn(row: Row): ModemFacts {
  row.needs(5);
  const inUcs2 = row.text(3) === '1';
  const names = [0, 1, 2].flatMap((index): ModemFacts[] => {
    const text = row.text(index);
    return text === undefined ? [] : [operatorNamed(inUcs2 && index < 2 ? decodeUcs2(text) : text)];
  });
  const operator = names.find((name) => name.operator !== undefined)?.operator;
  const code = row.text(4);
  return { operator, operatorCode: code === undefined ? undefined : operatorNamed(code).operatorCode };
}

/** What a sensor shows that is not there. */
const ABSENT_SENSORS = [-273, -40, 255];

/**
 * Parses +QTEMP (§12.6): a sensor with its temperature in °C, or on older modems three temperatures without names: baseband, crystal, amplifier.
 *
 *     +QTEMP:"modem-lte-sub6-pa1","40"
 *     +QTEMP: 35,34,33
 */
export function parseQtemp(row: Row): ModemFacts {
  const named = row.parameters[0]?.quoted === true;
  const sensors = named ? [row.text(0) ?? ''] : ['baseband', 'crystal', 'amplifier'];
  const temperatures = sensors.flatMap((sensor, index): Temperature[] => {
    const bounds = { least: -55, greatest: 150, unknown: ABSENT_SENSORS };
    const celsius = row.number(named ? 1 : index, sensor, bounds);
    return celsius === undefined ? [] : [{ sensor, celsius }];
  });
  row.needs(2);
  return { temperatures };
}

/**
 * Parses +QNWCFG: "up/down" (§5.23.4), uplink and downlink in bit/s over the last seconds. Other settings say nothing of the connection.
 *
 *     +QNWCFG: "up/down",2056,384,2
 */
export function parseQnwcfg(row: Row): ModemFacts {
  if (row.text(0) !== 'up/down') return {};
  row.needs(3);
  const bounds = { least: 0, greatest: 1e12 };
  return {
    txBitsPerSecond: row.number(1, 'uplink', bounds),
    rxBitsPerSecond: row.number(2, 'downlink', bounds),
  };
}

/**
 * Parses +QGDCNT and +QGDNRCNT (§9.13): bytes sent and received.
 *
 *     +QGDCNT: 3832,4618
 */
export function parseQgdcnt(row: Row): ModemFacts {
  row.needs(2);
  const bounds = { least: 0, greatest: Number.MAX_SAFE_INTEGER };
  return { txBytes: row.number(0, 'bytes_sent', bounds), rxBytes: row.number(1, 'bytes_recv', bounds) };
}

/** "LTE BAND 3", "NR5G BAND 78", "NR N78", "WCDMA 2100". */
function bandOf(row: Row, index: number): { technology: CarrierTechnology; band: string | undefined } {
  const text = row.text(index) ?? '';
  const technology = technologyOfBand(text);
  if (technology === undefined) throw row.failure('a band of NR, LTE, WCDMA or GSM');
  const number = /(?:BAND |N)(\d+)$/i.exec(text)?.[1];
  return { technology, band: number === undefined ? undefined : bandName(technology, Number(number)) };
}

function technologyOfBand(text: string): CarrierTechnology | undefined {
  if (/^NR/i.test(text)) return 'nr';
  if (/^LTE/i.test(text)) return 'lte';
  if (/^(WCDMA|TD-?SCDMA|UMTS)/i.test(text)) return 'umts';
  return /^(GSM|EGSM|DCS|PCS)/i.test(text) ? 'gsm' : undefined;
}
