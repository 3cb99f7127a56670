import type { Row } from '../at/row.ts';
import type { ModemFacts } from '../facts.ts';
import { ACT_MAX, technologyOfAct } from './access-technology.ts';

/**
 * Parses +COPS (3GPP TS 27.007 §7.3): how it was chosen, format, operator, technology. The format is 0 long name, 1 short name, 2 code.
 *
 *     +COPS: 0,0,"CHINA MOBILE",13
 *     +COPS: 0,2,"46011",11
 *     +COPS: 0
 */
export function parseCops(row: Row): ModemFacts {
  // A search for networks answers with lists in parentheses: they are not the modem's own.
  if (row.text(0)?.startsWith('(') === true) return {};
  row.number(0, 'mode', { least: 0, greatest: 4 });
  const name = row.text(2);
  return {
    ...(name === undefined ? {} : operatorNamed(decodeName(name))),
    technology: technologyOfAct(row.number(3, 'AcT', { least: 0, greatest: ACT_MAX })),
  };
}

/** A name, or a code where digits stand in its place. */
export function operatorNamed(name: string): ModemFacts {
  const digits = name.replaceAll(' ', '');
  return /^\d{5,6}$/.test(digits) ? { operatorCode: digits } : { operator: name.replace(/\s+/g, ' ').trim() };
}

/** A code of country and network: modems that print numbers lose zeros in front. */
export function operatorCode(country: string | undefined, network: string | undefined): string | undefined {
  if (country === undefined || network === undefined || !/^\d{3}$/.test(country) || !/^\d{1,3}$/.test(network)) {
    return undefined;
  }
  return country + network.padStart(2, '0');
}

/** Modems whose character set is UCS2 (27.007 §5.5) print names as hexadecimal digits, four a character. */
export function decodeName(text: string): string {
  const isUcs2 = /^([0-9A-F]{4}){3,}$/i.test(text) && /^(00[2-7]|[4-9])/i.test(text) && !/^\d{5,6}$/.test(text);
  return isUcs2 ? decodeUcs2(text) : text;
}

export function decodeUcs2(digits: string): string {
  const units = digits.match(/.{4}/g) ?? [];
  return String.fromCharCode(...units.map((unit) => Number.parseInt(unit, 16)));
}
