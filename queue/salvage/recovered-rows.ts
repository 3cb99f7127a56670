import { type Cell, carveRows, type Page, readPage } from './page.ts';
import type { PageImages } from './page-images.ts';
import { decodeRecord, lengthOf, type RecordValue, readVarint } from './record.ts';

/** A message is at most this large; a damaged length must not have gigabytes gathered. */
const RECORD_BYTES_MAX = 16 * 1024 * 1024;

/** What a damaged queue file still holds: one row, or a number that rows had reached. */
export type Recovered =
  | { table: 'messages'; position: number; key: string; receivedAt: number; body: Uint8Array }
  | { table: 'windows'; key: string; epochs: string }
  | { table: 'numbers'; name: string; value: number }
  | { table: 'reached'; position: number };

/** Reads every row off every page, whether or not the file's trees still lead to it. The same row may come several times. */
export function* recoverRows(images: PageImages): Generator<Recovered> {
  const content = new Set<number>();
  for (const { number, bytes } of images.all())
    yield* namedRows(readPage(bytes, number, images.usable), images, content);
  for (const { number, bytes } of images.all()) {
    // What devices send must not be taken for rows: the content of known messages is not looked through.
    if (content.has(number)) continue;
    const page = readPage(bytes, number, images.usable);
    // Rows that were moved to a page which is now damaged may still stand in the unused part of this one.
    for (const cell of carveRows(bytes, images.usable, {
      named: page?.kind === 'rows' ? page.cells : [],
      isRow: beginsMessage,
    }))
      yield* rowIn(cell, images);
  }
}

/** What a page's own directory leads to. `content` gathers the pages that hold nothing but parts of records. */
function* namedRows(page: Page | undefined, images: PageImages, content: Set<number>): Generator<Recovered> {
  if (page?.kind === 'dividers') {
    for (const position of page.rowids) yield { table: 'reached', position };
    return;
  }
  for (const cell of page?.cells ?? []) yield* rowIn(cell, images, content);
}

function* rowIn(cell: Cell, images: PageImages, content?: Set<number>): Generator<Recovered> {
  const record = wholeRecord(cell, images);
  const values = record === undefined ? undefined : decodeRecord(record.bytes);
  const row = values === undefined ? undefined : rowOf(cell.rowid, values);
  if (row === undefined) return;
  for (const number of record?.pages ?? []) content?.add(number);
  yield row;
}

/** Whether a record has the header of a message's: a NULL in place of the position, a text, an integer and bytes. */
function beginsMessage({ local, bytes }: Cell): boolean {
  const [headerBytes = 0, position = -1] = local;
  if (headerBytes < 5 || headerBytes > 10 || position !== 0) return false;
  const key = readVarint(local, 2);
  const time = key === undefined ? undefined : readVarint(local, key.end);
  const body = time === undefined ? undefined : readVarint(local, time.end);
  if (key === undefined || time === undefined || body?.end !== headerBytes) return false;
  const shaped = key.value >= 13 && key.value % 2 === 1 && time.value <= 9 && body.value >= 12 && body.value % 2 === 0;
  const values = [key, time, body].reduce((sum, { value }) => sum + (lengthOf(value) ?? Number.NaN), 0);
  return shaped && headerBytes + values === bytes;
}

/** A cell's record with what lies on its chain of overflow pages; undefined when the chain is broken. */
function wholeRecord(
  { local, bytes, overflowPage }: Cell,
  images: PageImages,
): { bytes: Buffer; pages: number[] } | undefined {
  if (overflowPage === 0) return { bytes: local, pages: [] };
  if (bytes > RECORD_BYTES_MAX) return undefined;
  const parts = [local];
  const pages: number[] = [];
  let missing = bytes - local.length;
  let next = overflowPage;
  while (missing > 0) {
    const page = images.newest(next);
    if (page === undefined) return undefined;
    const part = page.subarray(4, Math.min(images.usable, 4 + missing));
    parts.push(part);
    pages.push(next);
    missing -= part.length;
    next = page.readUInt32BE(0);
  }
  // The last page of a chain says that none follows.
  return next === 0 ? { bytes: Buffer.concat(parts), pages } : undefined;
}

/** The tables of `queue/database.ts`, told apart by the shape of their rows. */
function rowOf(rowid: number | undefined, values: readonly RecordValue[]): Recovered | undefined {
  const [first, second, third] = values;
  if (rowid !== undefined) {
    const [, key, receivedAt, body] = values;
    const isMessage = values.length === 4 && first === null && typeof key === 'string' && body instanceof Uint8Array;
    const time = Number(receivedAt);
    return isMessage && Number.isSafeInteger(time)
      ? { table: 'messages', position: rowid, key, receivedAt: time, body }
      : undefined;
  }
  if (typeof first !== 'string' || third !== undefined) return undefined;
  if (typeof second === 'string') return { table: 'windows', key: first, epochs: second };
  if (typeof second === 'number' && Number.isSafeInteger(second))
    return { table: 'numbers', name: first, value: second };
  return undefined;
}
