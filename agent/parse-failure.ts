import { CampusError } from '../contract/errors.ts';

/** Where a parser stands: the file or command, and the line from 1. */
export interface Place {
  source: string;
  line: number;
}

/** The error of a parser: what was expected, what came and in which line. */
export function parseFailure({ source, line }: Place, expected: string, got: string | undefined): CampusError {
  const shown = got === undefined ? 'nothing' : JSON.stringify(got.length > 80 ? `${got.slice(0, 77)}...` : got);
  return new CampusError('parse_failed', `${source} line ${line}: expected ${expected}, got ${shown}`);
}

/**
 * A counter as the kernel prints it, in decimal and without sign. Above 2^53 the last digits are lost, which rates do not notice.
 * @throws CampusError `parse_failed` naming place and field
 */
export function parseCount(text: string | undefined, place: Place, field: string): number {
  if (text === undefined || !/^\d+$/.test(text)) throw parseFailure(place, `${field} as a decimal count`, text);
  return Number(text);
}

/** A number as the kernel prints it in hexadecimal, without `0x`. */
export function parseHex(text: string | undefined, place: Place, field: string): number {
  if (text === undefined || !/^[0-9a-f]+$/i.test(text)) throw parseFailure(place, `${field} in hexadecimal`, text);
  return Number.parseInt(text, 16);
}
