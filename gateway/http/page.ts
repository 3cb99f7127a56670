import { Type } from '#typebox';

/** Rows of one page of a list. */
export const PAGE_DEFAULT = 100;
const PAGE_MAX = 500;

const limit = Type.Optional(
  Type.Integer({ minimum: 1, maximum: PAGE_MAX, description: `rows of a page, ${PAGE_DEFAULT} unless told` }),
);
const next = Type.Optional(Type.String({ description: 'the `cursor` of the next page; absent on the last one' }));

/** What every list takes. `cursor` is the `next` of the page before. */
export const pageQuery = { limit, cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })) };
/** As `pageQuery`, for lists whose rows are numbered. */
export const numberedPageQuery = { limit, cursor: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })) };
/** What every list answers beside its rows. */
export const pageAnswer = { next };

/** Cuts one page out of a list. */
export interface Page<Row> {
  rows: Row[];
  next?: string;
}

/**
 * Reads one page and finds out whether another follows.
 * @param read returns up to that many rows
 * @param cursorOf what `next` has to be for the page after this row
 */
export function readPage<Row>(
  limit: number | undefined,
  read: (limit: number) => Row[],
  cursorOf: (last: Row) => string,
): Page<Row> {
  const size = limit ?? PAGE_DEFAULT;
  const found = read(size + 1);
  const rows = found.slice(0, size);
  const last = rows.at(-1);
  return found.length > size && last !== undefined ? { rows, next: cursorOf(last) } : { rows };
}

/** The `next` of an answer, where there is one. */
export function nextOf({ next }: Page<unknown>): { next?: string } {
  return next === undefined ? {} : { next };
}

/** The row number in a cursor. */
export function numberOf(cursor: string | undefined): number | undefined {
  return cursor === undefined ? undefined : Number(cursor);
}
