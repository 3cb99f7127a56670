import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { DEFAULT_PAGE_SIZE, type Frame, readWal } from './wal.ts';

/** Bytes at the beginning of a database that describe it (https://sqlite.org/fileformat2.html#the_database_header). */
const HEADER_BYTES = 100;

export interface PageImage {
  number: number;
  bytes: Buffer;
}

/** Every image of every page that a database and its write-ahead log hold: newer and older ones of the same page. */
export class PageImages {
  readonly #file: number;
  readonly #wal: Buffer;
  readonly #frames: Frame[];
  /** Where the log holds the newest image of a page. */
  readonly #newest = new Map<number, number>();
  readonly #pageSize: number;
  readonly #pages: number;
  /** Bytes of a page that hold content; the rest is reserved. */
  readonly usable: number;

  /** @param path the database; its log lies beside it, if there is one */
  constructor(path: string) {
    this.#file = openSync(path, 'r');
    const header = readHeader(this.#file);
    this.#wal = existsSync(`${path}-wal`) ? readFileSync(`${path}-wal`) : Buffer.alloc(0);
    const pageSize = databasePageSize(header);
    const wal = readWal(this.#wal, pageSize);
    this.#pageSize = pageSize ?? wal?.pageSize ?? DEFAULT_PAGE_SIZE;
    this.#frames = wal?.pageSize === this.#pageSize ? wal.frames : [];
    for (const { page, offset, current } of this.#frames) if (current) this.#newest.set(page, offset);
    // What is left of a last page that was cut off is followed by zeros.
    this.#pages = Math.ceil(fstatSync(this.#file).size / this.#pageSize);
    this.usable = this.#pageSize - (pageSize === undefined ? 0 : (header[20] ?? 0));
  }

  /** Those of the log first, from its end. */
  *all(): Generator<PageImage> {
    for (const { page, offset } of this.#frames.toReversed()) {
      yield { number: page, bytes: this.#wal.subarray(offset, offset + this.#pageSize) };
    }
    for (let number = 1; number <= this.#pages; number++) yield { number, bytes: this.#fromFile(number) };
  }

  /** The newest image of one page; undefined for one that is not there. */
  newest(number: number): Buffer | undefined {
    const offset = this.#newest.get(number);
    if (offset !== undefined) return this.#wal.subarray(offset, offset + this.#pageSize);
    return number >= 1 && number <= this.#pages ? this.#fromFile(number) : undefined;
  }

  close(): void {
    closeSync(this.#file);
  }

  #fromFile(number: number): Buffer {
    const content = Buffer.alloc(this.#pageSize);
    readSync(this.#file, content, 0, content.length, (number - 1) * this.#pageSize);
    return content;
  }
}

/** The page size that a database's header says; undefined when the header is damaged. */
export function readPageSize(path: string): number | undefined {
  const file = openSync(path, 'r');
  try {
    return databasePageSize(readHeader(file));
  } finally {
    closeSync(file);
  }
}

function readHeader(file: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  readSync(file, header, 0, header.length, 0);
  return header;
}

function databasePageSize(header: Buffer): number | undefined {
  if (header.toString('latin1', 0, 16) !== 'SQLite format 3\0') return undefined;
  const said = header.readUInt16BE(16);
  const size = said === 1 ? 65_536 : said;
  return size >= 512 && Number.isInteger(Math.log2(size)) ? size : undefined;
}
