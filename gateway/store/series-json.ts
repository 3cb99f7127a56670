import type { FieldValue } from '../../contract/telemetry.ts';
import type { Series, SeriesResult } from './store.ts';

/** ASCII of what stands around the values. */
const COMMA = 0x2c;
const CLOSING_BRACKET = 0x5d;
/** Room for the first piece, bytes; it doubles as it fills. */
const FIRST_BYTES = 64 * 1024;
/** A number as JavaScript writes it has 24 characters at most, `-1.2345678901234567e-300`. */
const NUMBER_BYTES_MAX = 32;

/**
 * `JSON.stringify(result)`, as UTF-8 that can be handed from thread to thread without a copy. Tens of thousands of pairs of a time and a number
 * take V8 as long as finding them took: it writes a plain array of numbers several times as fast, and times are mostly those of the series
 * before.
 */
export function encodeSeries({ series, truncated }: SeriesResult): Uint8Array<ArrayBuffer> {
  const json = new Utf8();
  const heads = new TimeHeads();
  json.text('{"series":[');
  for (const [index, { tags, points }] of series.entries()) {
    json.text(`${index === 0 ? '' : ','}{"tags":${JSON.stringify(tags)},"points":[`);
    addPoints(json, points, heads);
    json.text(']}');
  }
  json.text(`],"truncated":${truncated}}`);
  return json.take();
}

function addPoints(json: Utf8, points: Series['points'], heads: TimeHeads): void {
  const values = points.map(([, value]) => value);
  if (!values.every(isNumber)) {
    json.text(JSON.stringify(points).slice(1, -1));
    return;
  }
  // The text of numbers has no comma but those between them; the last bracket of the array ends the last.
  const text = Buffer.from(JSON.stringify(values), 'latin1');
  let from = 1;
  for (let index = 0; index < points.length; index++) from = json.point(heads.at(index, points[index]![0]), text, from);
}

function isNumber(value: FieldValue): value is number {
  return typeof value === 'number';
}

/** What stands before the value of a point, `,[1796004000000,`, by the place of the point in its series. */
class TimeHeads {
  readonly #times: number[] = [];
  readonly #heads: Uint8Array[] = [];

  at(index: number, time: number): Uint8Array {
    if (this.#times[index] !== time) {
      this.#times[index] = time;
      this.#heads[index] = Buffer.from(`${index === 0 ? '' : ','}[${time},`, 'latin1');
    }
    return this.#heads[index]!;
  }
}

/** Bytes that grow. */
class Utf8 {
  #bytes = new Uint8Array(FIRST_BYTES);
  #length = 0;

  text(text: string): void {
    this.#makeRoom(text.length * 3);
    this.#length += encoder.encodeInto(text, this.#bytes.subarray(this.#length)).written;
  }

  /**
   * Adds a head, a number of a JSON array of numbers and a closing bracket; byte by byte, since a call for each would take longer.
   * @param from where the number begins
   * @returns where the next one does
   */
  point(head: Uint8Array, numbers: Uint8Array, from: number): number {
    this.#makeRoom(head.length + NUMBER_BYTES_MAX + 1);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let index = 0; index < head.length; index++) bytes[at++] = head[index]!;
    let index = from;
    for (let byte = numbers[index]!; byte !== COMMA && byte !== CLOSING_BRACKET; byte = numbers[++index]!)
      bytes[at++] = byte;
    bytes[at++] = CLOSING_BRACKET;
    this.#length = at;
    return index + 1;
  }

  /** What was added; this object is of no use any more. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  #makeRoom(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + bytes));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

const encoder = new TextEncoder();
