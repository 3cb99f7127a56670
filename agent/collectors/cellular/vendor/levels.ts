import type { Row } from '../at/row.ts';

/** Levels that modems print in dBm and dB as they are: what lies outside of what the standards can report is noted, and not passed on. */
const ranges = {
  rsrp: { least: -157, greatest: -20 },
  rsrq: { least: -44, greatest: 21 },
  sinr: { least: -24, greatest: 41 },
  rssi: { least: -140, greatest: 0 },
  rscp: { least: -121, greatest: -20 },
  ecno: { least: -33, greatest: 1 },
} as const;

export function readDirect(row: Row, index: number, kind: keyof typeof ranges): number | undefined {
  return row.number(index, kind, ranges[kind]);
}

/** Greatest values of identities of the radio. */
const identities = {
  arfcn: { least: 0, greatest: 3_279_165 },
  pci: { least: 0, greatest: 1007 },
  psc: { least: 0, greatest: 511 },
  band: { least: 1, greatest: 1024 },
} as const;

export function readIdentity(row: Row, index: number, kind: keyof typeof identities): number | undefined {
  return row.number(index, kind, identities[kind]);
}

/** fdd or tdd. */
export function readDuplex(row: Row, index: number): 'fdd' | 'tdd' | undefined {
  const text = row.text(index)?.toLowerCase();
  if (text === 'fdd' || text === 'tdd') return text;
  return text === undefined ? undefined : row.unclear('duplex', text);
}

/** Codes of the subcarrier spacing (3GPP TS 38.211 table 4.2-1, μ): 15 kHz · 2^μ. Some modems print kHz. */
export function readSpacingKhz(row: Row, index: number): number | undefined {
  const value = row.number(index, 'scs', { least: 0, greatest: 240 });
  if (value === undefined) return undefined;
  if (value <= 4) return 15 * 2 ** value;
  return [15, 30, 60, 120, 240].includes(value) ? value : row.unclear('scs', String(value));
}
