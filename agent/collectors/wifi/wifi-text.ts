import { parseMac } from '../../../contract/mac-address.ts';
import { type Place, parseFailure } from '../../parse-failure.ts';

/** Takes a line that a parser does not know: a newer program prints more than this version reads. */
export type NotUnderstood = (line: string) => void;

/** Nobody wants to hear of them. */
export const ignored: NotUnderstood = () => {};

/** A line of an output, without what surrounds its text. */
export interface Line {
  /** Leading white space. */
  indent: string;
  text: string;
  /** Counted from 1. */
  number: number;
}

/** The lines of an output that hold something. @param firstLine the number of the first */
export function linesOf(text: string, firstLine = 1): Line[] {
  return text.split(/\r*\n/).flatMap((raw, index) => {
    const line = raw.trim();
    if (line === '') return [];
    return [{ indent: raw.slice(0, raw.length - raw.trimStart().length), text: line, number: firstLine + index }];
  });
}

/** A MAC address in lower case with colons. @throws CampusError `parse_failed` */
export function parseAddress(text: string | undefined, place: Place): string {
  const digits = text === undefined ? undefined : parseMac(text);
  if (digits === undefined) throw parseFailure(place, 'a MAC address', text);
  return digits.replaceAll(/(..)(?=.)/g, '$1:');
}

/** A number with its unit, such as `-45 dBm`: the number. @throws CampusError `parse_failed` */
export function parseQuantity(text: string, unit: string, place: Place): number {
  const match = /^(-?\d+(?:\.\d+)?) ?(\S*)$/.exec(text);
  if (match === null || match[2] !== unit)
    throw parseFailure(place, unit === '' ? 'a number' : `a number of ${unit}`, text);
  return Number(match[1]);
}

/** A strength in dBm: nl80211 has one signed byte for it, and drivers without a measurement say 0 or −128. Undefined when unknown. */
export function knownDbm(dbm: number | undefined): number | undefined {
  return dbm === undefined || dbm >= 0 || dbm <= -128 ? undefined : dbm;
}

/** `yes` or `no`. @throws CampusError `parse_failed` */
export function parseYesNo(text: string, place: Place): boolean {
  if (text !== 'yes' && text !== 'no') throw parseFailure(place, 'yes or no', text);
  return text === 'yes';
}
