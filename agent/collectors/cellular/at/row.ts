import type { CampusError } from '../../../../contract/errors.ts';
import type { NotUnderstood } from '../../../decode/decoded.ts';
import { type Place, parseFailure } from '../../../parse-failure.ts';
import { withoutIdentities } from '../identities.ts';
import type { AtLine } from './exchange.ts';

export interface Parameter {
  text: string;
  quoted: boolean;
}

/** How modems say that they do not know a value: nothing, a dash, or the least and greatest 16-bit numbers. */
const unknownTexts = new Set(['', '-', '--', '-32768', '32767']);

/**
 * One line of an answer, taken apart: the prefix, and parameters that may be quoted (3GPP TS 27.007 §4, V.250 §5.4.2.2).
 *
 *     +QENG: "servingcell","NOCONN","NR5G-SA","TDD",460,01,9013B004,299,690E0F,633984,78,12,-107,-13,2,1,-
 *
 * A value that stands where another was expected is absent and noted in `notUnderstood`.
 */
export class Row {
  readonly prefix: string;
  readonly parameters: readonly Parameter[];
  readonly notUnderstood: NotUnderstood[] = [];
  readonly #line: AtLine;

  /**
   * @param text the parameters alone, which stand after the prefix
   * @throws CampusError `parse_failed` for a quote that does not end
   */
  constructor(prefix: string, text: string, line: AtLine) {
    this.prefix = prefix;
    this.#line = line;
    this.parameters = this.#split(text);
  }

  get count(): number {
    return this.parameters.length;
  }

  get place(): Place {
    return { source: this.prefix, line: this.#line.number };
  }

  /** The text of a parameter; undefined when it is unknown or missing. */
  text(index: number): string | undefined {
    const text = this.parameters[index]?.text ?? '';
    return unknownTexts.has(text) ? undefined : text;
  }

  /** A number within `[least, greatest]`; `unknown` are further numbers that stand for none, such as 99 and 255. */
  number(index: number, field: string, bounds: Bounds): number | undefined {
    const text = this.text(index);
    if (text === undefined) return undefined;
    const value = /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (bounds.unknown?.includes(value) === true) return undefined;
    if (value >= bounds.least && value <= bounds.greatest) return value;
    return this.unclear(field, text);
  }

  /** A hexadecimal identity in capitals without leading zeros; all ones mean that there is none. */
  hex(index: number, field: string): string | undefined {
    const text = this.text(index)?.replace(/^0x/i, '');
    if (text === undefined) return undefined;
    if (!/^[0-9a-f]{1,16}$/i.test(text)) return this.unclear(field, text);
    return /^0*F{6,}$/i.test(text) ? undefined : text.toUpperCase().replace(/^0+(?=.)/, '');
  }

  /** Notes a value that means nothing known. */
  unclear(field: string, value: string): undefined {
    this.notUnderstood.push({
      line: this.#line.number,
      field: `${this.prefix} ${field}`,
      value: withoutIdentities(value),
    });
    return undefined;
  }

  /** The error for a line that is no such answer. */
  failure(expected: string): CampusError {
    return parseFailure(this.place, expected, withoutIdentities(this.#line.text));
  }

  /** @throws CampusError `parse_failed` when the line ends too early */
  needs(count: number): void {
    if (this.count < count) throw this.failure(`at least ${count} parameters`);
  }

  /** Commas inside of quotes do not part. */
  #split(text: string): Parameter[] {
    const parts = [''];
    let quoted = false;
    for (const character of text) {
      if (character === '"') quoted = !quoted;
      if (character === ',' && !quoted) parts.push('');
      else parts.push((parts.pop() ?? '') + character);
    }
    if (quoted) throw this.failure('a quote that ends');
    return parts.map((part) => ({ text: part.replaceAll('"', '').trim(), quoted: part.trim().startsWith('"') }));
  }
}

export interface Bounds {
  least: number;
  greatest: number;
  unknown?: readonly number[];
}
