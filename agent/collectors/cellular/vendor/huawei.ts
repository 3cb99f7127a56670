import type { Row } from '../at/row.ts';
import type {
  Carrier,
  Cell,
  ModemFacts,
  RegistrationState,
  Signal,
  SimState,
  Technology,
  Temperature,
} from '../facts.ts';
import { operatorCode } from '../standard/operator.ts';
import { hasLevel } from '../standard/signal.ts';
import { readDirect, readIdentity, readSpacingKhz } from './levels.ts';

/** Scales of ^HCSQ (Huawei's and TD Tech's AT manuals): index 0 is everything below, each further one begins a step higher; 255 is unknown. */
const scales = {
  rssi: { below: -120, step: 1, greatest: 96 },
  rsrp: { below: -140, step: 1, greatest: 97 },
  rscp: { below: -120, step: 1, greatest: 96 },
  ecio: { below: -32, step: 0.5, greatest: 65 },
  sinr: { below: -20, step: 0.2, greatest: 251 },
  rsrq: { below: -19.5, step: 0.5, greatest: 34 },
} as const;

function readScale(row: Row, index: number, scale: keyof typeof scales): number | undefined {
  const { below, step, greatest } = scales[scale];
  const level = row.number(index, scale, { least: 0, greatest, unknown: [255] });
  return level === undefined ? undefined : Math.round((below - step + level * step) * 10) / 10;
}

/**
 * Parses ^HCSQ: technology and its levels.
 *
 *     ^HCSQ: "LTE",66,55,166,18
 *     ^HCSQ: "NR",77,241,31
 *     ^HCSQ: "NOSERVICE"
 */
export function parseHcsq(row: Row): ModemFacts {
  const signal = levelsOf(row);
  return { signals: signal !== undefined && hasLevel(signal) ? [signal] : [] };
}

function levelsOf(row: Row): Signal | undefined {
  switch (row.text(0)?.toUpperCase()) {
    case 'NOSERVICE':
      return undefined;
    case 'GSM':
      return { technology: 'gsm', rssiDbm: readScale(row, 1, 'rssi') };
    case 'WCDMA':
    case 'TD-SCDMA':
      row.needs(4);
      return {
        technology: 'umts',
        rssiDbm: readScale(row, 1, 'rssi'),
        rscpDbm: readScale(row, 2, 'rscp'),
        ecnoDb: readScale(row, 3, 'ecio'),
      };
    case 'LTE':
      row.needs(5);
      return {
        technology: 'lte',
        rssiDbm: readScale(row, 1, 'rssi'),
        rsrpDbm: readScale(row, 2, 'rsrp'),
        sinrDb: readScale(row, 3, 'sinr'),
        rsrqDb: readScale(row, 4, 'rsrq'),
      };
    case 'NR':
      row.needs(4);
      return {
        technology: 'nr',
        rsrpDbm: readScale(row, 1, 'rsrp'),
        sinrDb: readScale(row, 2, 'sinr'),
        rsrqDb: readScale(row, 3, 'rsrq'),
      };
    default:
      throw row.failure('NOSERVICE, GSM, WCDMA, LTE or NR');
  }
}

/**
 * Parses ^MONSC, the serving cell. Cell, PCI and area code are hexadecimal, the levels dBm and dB. LTE: MCC, MNC, EARFCN, cell, PCI, TAC, RSRP, RSRQ, RSSI.
 * NR: MCC, MNC, NR-ARFCN, SCS, cell, PCI, TAC, RSRP, RSRQ, SINR. WCDMA: MCC, MNC, UARFCN, PSC, cell, LAC, RSCP, level, Ec/N0.
 *
 *     ^MONSC: LTE,460,00,38400,5D1C2A3,8,24C8,-85,-10,-54
 *     ^MONSC: NR,460,00,504990,1,C2D05E003,80,14A0F1,-65,-9,29
 *     ^MONSC: NONE
 */
export function parseMonsc(row: Row): ModemFacts {
  const technology = row.text(0)?.toUpperCase();
  if (technology === 'NONE') return {};
  const code = operatorCode(row.text(1), row.text(2));
  const arfcn = readIdentity(row, 3, 'arfcn');
  if (technology === 'NR') {
    row.needs(11);
    const spacing = readSpacingKhz(row, 4);
    const levels = {
      rsrpDbm: readDirect(row, 8, 'rsrp'),
      rsrqDb: readDirect(row, 9, 'rsrq'),
      sinrDb: readDirect(row, 10, 'sinr'),
    };
    return {
      carriers: [
        { technology: 'nr', operatorCode: code, arfcn, subcarrierSpacingKhz: spacing, ...cellAt(row, 5), ...levels },
      ],
    };
  }
  if (technology === 'LTE') {
    row.needs(10);
    const levels = {
      rsrpDbm: readDirect(row, 7, 'rsrp'),
      rsrqDb: readDirect(row, 8, 'rsrq'),
      rssiDbm: readDirect(row, 9, 'rssi'),
    };
    return {
      carriers: [{ technology: 'lte', primary: true, operatorCode: code, arfcn, ...cellAt(row, 4), ...levels }],
    };
  }
  if (technology === 'WCDMA') {
    row.needs(10);
    const area = { cellId: row.hex(5, 'cell_id'), tac: row.hex(6, 'lac'), pci: readIdentity(row, 4, 'psc') };
    const levels = { rscpDbm: readDirect(row, 7, 'rscp'), ecnoDb: readDirect(row, 9, 'ecno') };
    return { carriers: [{ technology: 'umts', primary: true, operatorCode: code, arfcn, ...area, ...levels }] };
  }
  if (technology === 'GSM' || technology === 'TD_SCDMA') return { operatorCode: code };
  throw row.failure('NONE, GSM, WCDMA, LTE or NR');
}

/** Cell, PCI and tracking area code. */
function cellAt(row: Row, at: number): Pick<Carrier, 'cellId' | 'pci' | 'tac'> {
  return { cellId: row.hex(at, 'cell_id'), pci: readHexPci(row, at + 1), tac: row.hex(at + 2, 'tac') };
}

function readHexPci(row: Row, index: number): number | undefined {
  const text = row.hex(index, 'pci');
  const pci = text === undefined ? undefined : Number.parseInt(text, 16);
  return text !== undefined && pci !== undefined && pci > 1007 ? row.unclear('pci', text) : pci;
}

/**
 * Parses ^MONSSC, the cells of NR beside the anchor in EN-DC, and ^MONNC, the neighbours: channel, PCI, RSRP, RSRQ, and SINR of NR or RSSI of LTE.
 *
 *     ^MONSSC: NR,504990,1C2,-75,-11,20,0
 *     ^MONNC: LTE,1650,64,-98,-14,-65
 */
export function parseOtherCells(row: Row): ModemFacts {
  const technology = row.text(0)?.toLowerCase();
  if (technology !== 'nr' && technology !== 'lte') return {};
  row.needs(6);
  const cell: Cell = {
    technology,
    arfcn: readIdentity(row, 1, 'arfcn'),
    pci: readHexPci(row, 2),
    rsrpDbm: readDirect(row, 3, 'rsrp'),
    rsrqDb: readDirect(row, 4, 'rsrq'),
    ...(technology === 'nr' ? { sinrDb: readDirect(row, 5, 'sinr') } : { rssiDbm: readDirect(row, 5, 'rssi') }),
  };
  return row.prefix === '^MONSSC' ? { carriers: [{ ...cell, primary: false }] } : { neighbours: [cell] };
}

const services: readonly (RegistrationState | undefined)[] = [
  'not-registered',
  'emergency-only',
  'home',
  'emergency-only',
  'unknown',
];
const sims: Readonly<Record<number, SimState>> = {
  0: 'failed',
  1: 'ready',
  2: 'ready',
  3: 'ready',
  4: 'failed',
  240: 'ready',
  255: 'absent',
};

/**
 * Parses ^SYSINFOEX: service, domain, roaming, SIM, lock, mode, its name, submode, its name. Some modems leave the quotes out.
 *
 *     ^SYSINFOEX: 2,3,0,1,,6,"LTE",101,"LTE"
 *     ^SYSINFOEX:2,3,1,1,,3,WCDMA,41,HSPA+
 */
export function parseSysinfoex(row: Row): ModemFacts {
  row.needs(9);
  return { ...serviceOf(row, 3), technology: technologyNamed(row.text(6), row.text(8)) };
}

function serviceOf(row: Row, simAt: number): ModemFacts {
  const service = services[row.number(0, 'srv_status', { least: 0, greatest: 4 }) ?? -1];
  const roams = row.number(2, 'roam_status', { least: 0, greatest: 1, unknown: [2, 255] }) === 1;
  const sim = row.number(simAt, 'sim_state', { least: 0, greatest: 255 });
  const state = service === 'home' && roams ? 'roaming' : service;
  return {
    simState: sim === undefined ? undefined : sims[sim],
    registrations: state === undefined ? [] : [{ domain: 'ps', state }],
  };
}

/** Modes of ^SYSINFO. */
const modes: Readonly<Record<number, Technology>> = { 3: 'gsm', 5: 'umts', 7: 'umts', 15: 'umts', 17: 'umts' };

/**
 * Parses ^SYSINFO of modems before LTE: service, domain, roaming, mode, SIM and, on some, lock and submode.
 *
 *     ^SYSINFO:2,3,0,5,1,,4
 */
export function parseSysinfo(row: Row): ModemFacts {
  row.needs(5);
  const mode = row.number(3, 'sys_mode', { least: 0, greatest: 255 });
  return { ...serviceOf(row, 4), technology: modes[mode ?? 0] };
}

function technologyNamed(mode = '', submode = ''): Technology | undefined {
  const names = `${mode} ${submode}`.toUpperCase();
  if (/EN-?DC|LTE.*NR|NR.*LTE|NSA/.test(names)) return 'en-dc';
  if (/\bNR|5G/.test(names)) return 'nr-sa';
  if (/LTE/.test(names)) return 'lte';
  if (/WCDMA|TD-?SCDMA|HSPA|UMTS/.test(names)) return 'umts';
  return /GSM|GPRS|EDGE/.test(names) ? 'gsm' : undefined;
}

/**
 * Parses ^DHCP, and +QNETDEVSTATUS of Quectel's modems with HiSilicon's chips: address, mask, gateway, server and two name servers as hexadecimal
 * numbers with the first byte last, then the most that is received and sent, in bit/s.
 *
 *     ^DHCP: 0700000A,00FFFFFF,0100000A,0100000A,3500000A,3600000A,236800,236800
 */
export function parseDhcp(row: Row): ModemFacts {
  // +QNETDEVSTATUS tells a change of the connection by itself, in three parameters.
  if (row.count < 6) return {};
  const [address, first, second] = [0, 4, 5].map((index) => readBytes(row, index));
  const rate = { least: 0, greatest: 1e12 };
  return {
    contexts: [{ cid: 1, ipv4: [address ?? []].flat(), dns: [first ?? [], second ?? []].flat() }],
    rxLimitBitsPerSecond: row.number(6, 'max_rx_data', rate),
    txLimitBitsPerSecond: row.number(7, 'max_tx_data', rate),
  };
}

function readBytes(row: Row, index: number): string | undefined {
  const digits = row.text(index)?.replace(/^0x/i, '');
  if (digits === undefined || /^0+$/.test(digits)) return undefined;
  if (!/^[0-9a-f]{1,8}$/i.test(digits)) return row.unclear('address', digits);
  const bytes = digits.padStart(8, '0').match(/../g) ?? [];
  return bytes
    .toReversed()
    .map((byte) => Number.parseInt(byte, 16))
    .join('.');
}

/**
 * Parses ^CHIPTEMP: sensors of the chip in tenths of a degree; 65535 is none.
 *
 *     ^CHIPTEMP: 432,445,451,398,65535
 */
export function parseChiptemp(row: Row): ModemFacts {
  const temperatures = row.parameters.flatMap((_, index): Temperature[] => {
    const value = row.number(index, 'temperature', { least: -550, greatest: 1500, unknown: [65535] });
    return value === undefined || value === 0 ? [] : [{ sensor: `chip-${index + 1}`, celsius: value / 10 }];
  });
  return { temperatures };
}
