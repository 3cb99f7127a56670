import { readVarint } from './record.ts';

/**
 * The pages of SQLite's b-trees (https://sqlite.org/fileformat2.html#b_tree_pages). Each is read for itself: what a damaged tree
 * leads to no more is found all the same.
 */
const TABLE_LEAF = 0x0d;
const TABLE_INTERIOR = 0x05;
const INDEX_LEAF = 0x0a;
const INDEX_INTERIOR = 0x02;

/** Bytes before the b-tree header of the first page: the file's own header. */
const FILE_HEADER_BYTES = 100;

/** A row of a table (with its number) or of a table without row numbers, which SQLite keeps as an index. */
export interface Cell {
  /** Offset on the page. */
  start: number;
  rowid: number | undefined;
  /** What of the record lies on the page itself, and its offset there. */
  local: Buffer;
  localStart: number;
  /** Bytes of the whole record. */
  bytes: number;
  /** First page of the chain that holds the rest; 0 when there is none. */
  overflowPage: number;
}

export type Page =
  | { kind: 'rows'; cells: Cell[] }
  /** Row numbers that divide the subtrees below: each is, or was, that of a row. */
  | { kind: 'dividers'; rowids: number[] };

/**
 * Reads a page; undefined when it is none of a b-tree or nothing on it makes sense.
 * @param usable bytes of a page that hold content
 */
export function readPage(page: Buffer, number: number, usable: number): Page | undefined {
  const start = number === 1 ? FILE_HEADER_BYTES : 0;
  const type = page[start];
  if (type === TABLE_INTERIOR) return readDividers(page, start, usable);
  if (type !== TABLE_LEAF && type !== INDEX_LEAF && type !== INDEX_INTERIOR) return undefined;
  const pointers = cellPointers(page, start, type === INDEX_INTERIOR ? 12 : 8, usable);
  if (pointers === undefined) return undefined;
  const cells: Cell[] = [];
  for (const pointer of pointers) {
    const cell = pointer === undefined ? undefined : readCell(page, pointer, type, usable);
    if (cell !== undefined) cells.push(cell);
  }
  return { kind: 'rows', cells: type === TABLE_LEAF ? inOrder(cells) : cells };
}

/**
 * Looks for rows of a table that the page's directory of cells does not name, for it is damaged or the rows have gone: wherever a record of the
 * wanted shape lies, to the byte.
 * @param named the cells that the directory does name: they are passed over
 * @param isRow whether a cell is that of a wanted row
 */
export function* carveRows(
  page: Buffer,
  usable: number,
  { named, isRow }: { named: readonly Cell[]; isRow: (cell: Cell) => boolean },
): Generator<Cell> {
  const ends = new Map(named.map((cell) => [cell.start, endOf(cell)]));
  for (let offset = 0; offset < usable; ) {
    const known = ends.get(offset);
    const cell = known === undefined ? readCell(page, offset, TABLE_LEAF, usable) : undefined;
    if (cell !== undefined && (cell.rowid ?? 0) > 0 && isRow(cell)) {
      yield cell;
      offset = endOf(cell);
    } else offset = known ?? offset + 1;
  }
}

/** Where the cells of a page lie; undefined for one that points off the page, or altogether when their number cannot be. */
function cellPointers(
  page: Buffer,
  start: number,
  headerBytes: number,
  usable: number,
): (number | undefined)[] | undefined {
  const count = page.readUInt16BE(start + 3);
  const first = start + headerBytes;
  const end = first + 2 * count;
  if (end > usable) return undefined;
  return Array.from({ length: count }, (_, index) => {
    const pointer = page.readUInt16BE(first + 2 * index);
    return pointer >= end && pointer < usable ? pointer : undefined;
  });
}

function readCell(page: Buffer, pointer: number, type: number, usable: number): Cell | undefined {
  const size = readVarint(page, type === INDEX_INTERIOR ? pointer + 4 : pointer);
  if (size === undefined) return undefined;
  const rowid = type === TABLE_LEAF ? readVarint(page, size.end) : undefined;
  if (type === TABLE_LEAF && rowid === undefined) return undefined;
  const begin = rowid?.end ?? size.end;
  const length = localBytes(size.value, type === TABLE_LEAF, usable);
  const overflows = length < size.value;
  if (begin + length + (overflows ? 4 : 0) > usable) return undefined;
  return {
    start: pointer,
    rowid: rowid?.value,
    local: page.subarray(begin, begin + length),
    localStart: begin,
    bytes: size.value,
    overflowPage: overflows ? page.readUInt32BE(begin + length) : 0,
  };
}

function endOf({ localStart, local, overflowPage }: Cell): number {
  return localStart + local.length + (overflowPage === 0 ? 0 : 4);
}

/** How much of a record stays on its page (section "Cell Payload Overflow Pages" of the file format). */
function localBytes(bytes: number, ofTable: boolean, usable: number): number {
  const most = ofTable ? usable - 35 : Math.floor(((usable - 12) * 64) / 255) - 23;
  if (bytes <= most) return bytes;
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const fitting = least + ((bytes - least) % (usable - 4));
  return fitting <= most ? fitting : least;
}

/** Row numbers rise within a page: one that does not fit between its neighbours was overwritten. */
function inOrder(cells: readonly Cell[]): Cell[] {
  const kept: Cell[] = [];
  for (const [index, cell] of cells.entries()) {
    const before = kept.at(-1)?.rowid ?? 0;
    const next = cells[index + 1]?.rowid ?? Number.POSITIVE_INFINITY;
    const rowid = cell.rowid ?? 0;
    if (rowid > before && (rowid < next || next <= before)) kept.push(cell);
  }
  return kept;
}

/** The dividers of an interior page, which counts only when all of it makes sense: it says nothing but how far the rows went. */
function readDividers(page: Buffer, start: number, usable: number): Page | undefined {
  const rowids: number[] = [];
  for (const pointer of cellPointers(page, start, 12, usable) ?? [undefined]) {
    const rowid = pointer === undefined ? undefined : readVarint(page, pointer + 4);
    if (rowid === undefined || rowid.value <= (rowids.at(-1) ?? 0)) return undefined;
    rowids.push(rowid.value);
  }
  return { kind: 'dividers', rowids };
}
