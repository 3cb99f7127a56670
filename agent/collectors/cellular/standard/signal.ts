import type { Row } from '../at/row.ts';
import type { ModemFacts, Signal } from '../facts.ts';

/**
 * Parses +CSQ (3GPP TS 27.007 §8.5): 0 is −113 dBm or less, 31 is −51 dBm or more, 2 dB a step; 99 is unknown. It does not say of which
 * technology. 100 and more are TD-SCDMA's, of which there are no networks left.
 *
 *     +CSQ: 23,99
 */
export function parseCsq(row: Row): ModemFacts {
  // The test command lists what can come, in parentheses.
  if (row.text(0)?.startsWith('(') === true) return {};
  row.needs(2);
  const level = row.number(0, 'rssi', { least: 0, greatest: 31, unknown: [99, 199] });
  return level === undefined ? {} : { rssiDbm: -113 + 2 * level };
}

/** A level in steps: index 0 is everything below `lowest`, each further one begins a step higher; the value is where the step begins. */
interface Scale {
  lowest: number;
  step: number;
  greatest: number;
}

/** 3GPP TS 27.007 §8.69, after TS 25.133, 36.133 and 38.133. */
const scales = {
  rxlev: { lowest: -110, step: 1, greatest: 63 },
  rscp: { lowest: -120, step: 1, greatest: 96 },
  ecno: { lowest: -24, step: 0.5, greatest: 49 },
  rsrq: { lowest: -19.5, step: 0.5, greatest: 34 },
  rsrp: { lowest: -140, step: 1, greatest: 97 },
  ssRsrq: { lowest: -43, step: 0.5, greatest: 127 },
  ssRsrp: { lowest: -156, step: 1, greatest: 126 },
  ssSinr: { lowest: -23, step: 0.5, greatest: 127 },
} as const satisfies Record<string, Scale>;

/** A level of one of the scales of the standard; 99 and 255 are unknown. */
export function readLevel(row: Row, index: number, scale: keyof typeof scales): number | undefined {
  const { lowest, step, greatest } = scales[scale];
  const unknown = scale === 'rxlev' ? [99] : [255];
  const level = row.number(index, scale, { least: 0, greatest, unknown });
  return level === undefined ? undefined : Math.round((lowest - step + level * step) * 10) / 10;
}

/**
 * Parses +CESQ (3GPP TS 27.007 §8.69): rxlev, ber, rscp, ecno, rsrq, rsrp and, from release 15 on, ss_rsrq, ss_rsrp, ss_sinr.
 *
 *     +CESQ: 99,99,255,255,20,80
 *     +CESQ: 99,99,255,255,255,255,65,64,63
 */
export function parseCesq(row: Row): ModemFacts {
  if (row.text(0)?.startsWith('(') === true) return {};
  row.needs(6);
  const signals: Signal[] = [
    { technology: 'gsm', rssiDbm: readLevel(row, 0, 'rxlev') },
    { technology: 'umts', rscpDbm: readLevel(row, 2, 'rscp'), ecnoDb: readLevel(row, 3, 'ecno') },
    { technology: 'lte', rsrqDb: readLevel(row, 4, 'rsrq'), rsrpDbm: readLevel(row, 5, 'rsrp') },
    {
      technology: 'nr',
      rsrqDb: readLevel(row, 6, 'ssRsrq'),
      rsrpDbm: readLevel(row, 7, 'ssRsrp'),
      sinrDb: readLevel(row, 8, 'ssSinr'),
    },
  ];
  return { signals: signals.filter(hasLevel) };
}

/**
 * Parses +XCESQ of Intel's XMM chips (Fibocom L8xx): a number, rxlev, ber, rscp, ecno, rsrq, rsrp and SINR in half dB.
 *
 *     +XCESQ: 0,99,99,255,255,19,46,32
 */
export function parseXcesq(row: Row): ModemFacts {
  row.needs(8);
  const sinr = row.number(7, 'rssnr', { least: -100, greatest: 100, unknown: [255] });
  const lte: Signal = {
    technology: 'lte',
    rsrqDb: readLevel(row, 5, 'rsrq'),
    rsrpDbm: readLevel(row, 6, 'rsrp'),
    sinrDb: sinr === undefined ? undefined : sinr / 2,
  };
  const umts: Signal = { technology: 'umts', rscpDbm: readLevel(row, 3, 'rscp'), ecnoDb: readLevel(row, 4, 'ecno') };
  return { signals: [{ technology: 'gsm' as const, rssiDbm: readLevel(row, 1, 'rxlev') }, umts, lte].filter(hasLevel) };
}

/** True when anything but the technology is known. */
export function hasLevel({ technology: _technology, ...levels }: Signal): boolean {
  return Object.values(levels).some((level) => level !== undefined);
}
