import { createHash } from 'node:crypto';
import { integer, optionalInteger, type Row, text } from './row.ts';

/** What stands in place of the hash before the first row. */
export const GENESIS = '0'.repeat(64);

/** A row as it lies in the table `audit`: people and devices by their pseudonyms (`audit-names.ts`). */
export interface ChainedRow {
  id: number;
  /** ms */
  time: number;
  lastTime: number;
  actor: string;
  address: string;
  action: string;
  target: string;
  outcome: string;
  detail: string;
  count: number;
  /** The row that this one counts repeats of. */
  repeats: number | undefined;
}

/** A place in the chain. */
export interface ChainPlace {
  /** 0 before the first row. */
  id: number;
  /** SHA-256, 64 hexadecimal digits. */
  hash: string;
}

/**
 * The hash of a row: SHA-256 over a JSON array (RFC 8259) in UTF-8 without white space, so that anybody can compute it again:
 *
 *   ["campus-audit-1","<previous hash>",id,time,last_time,actor,address,action,target,outcome,detail,count,repeats]
 */
export function rowHash(previous: string, row: ChainedRow): string {
  const { id, time, lastTime, actor, address, action, target, outcome, detail, count, repeats } = row;
  const content = [id, time, lastTime, actor, address, action, target, outcome, detail, count, repeats ?? null];
  return createHash('sha256')
    .update(JSON.stringify(['campus-audit-1', previous, ...content]))
    .digest('hex');
}

export function chainedRow(row: Row): ChainedRow {
  return {
    id: integer(row, 'id'),
    time: integer(row, 'time'),
    lastTime: integer(row, 'last_time'),
    actor: text(row, 'actor'),
    address: text(row, 'address'),
    action: text(row, 'action'),
    target: text(row, 'target'),
    outcome: text(row, 'outcome'),
    detail: text(row, 'detail'),
    count: integer(row, 'count'),
    repeats: optionalInteger(row, 'repeats'),
  };
}

/** A place as people copy it: `1234:9f86d081…`. */
export function placeText({ id, hash }: ChainPlace): string {
  return `${id}:${hash}`;
}

/** Reads a place as `placeText` writes it; undefined for what is none. */
export function parsePlace(given: string): ChainPlace | undefined {
  const match = /^(\d{1,15}):([0-9a-f]{64})$/.exec(given.trim());
  return match === null ? undefined : { id: Number(match[1]), hash: match[2] ?? '' };
}
