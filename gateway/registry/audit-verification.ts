import type { DatabaseSync } from 'node:sqlite';
import { type ChainPlace, chainedRow, GENESIS, rowHash } from './audit-chain.ts';
import { integer, type Row, text } from './row.ts';

/** Why the chain does not hold, in both languages of the product. */
const reasons = {
  changed: { en: 'its content does not fit its hash', 'zh-CN': '内容与其散列值不符' },
  missing: { en: 'it is missing, or its number is wrong', 'zh-CN': '该行缺失或编号有误' },
  truncated: { en: 'it was the newest row and is gone', 'zh-CN': '曾为最新一行，现已缺失' },
  replaced: { en: 'another row stands in its place', 'zh-CN': '该位置已被另一行取代' },
  unexplained: {
    en: 'rows before it were deleted, and no row of the log says so',
    'zh-CN': '此前的行已被删除，但日志中没有相应记录',
  },
} as const;

export type BreakReason = keyof typeof reasons;

export interface AuditVerification {
  /** Rows that were checked. */
  rows: number;
  /** The oldest row that there is. */
  first: number;
  head: ChainPlace;
  /** The first row that is not what it was. */
  broken?: { row: number; reason: BreakReason };
}

export function breakText(reason: BreakReason): { en: string; 'zh-CN': string } {
  return reasons[reason];
}

/**
 * Checks every row of the audit log against its hash and the row before, the newest one against what is known of it elsewhere.
 * @param witnesses places that the chain had at some time: the note beside the file, what an auditor wrote down, what a syslog server has
 */
export function verifyAudit(db: DatabaseSync, witnesses: readonly ChainPlace[]): AuditVerification {
  db.exec('BEGIN');
  try {
    const anchor = placeIn(db.prepare('SELECT id, hash FROM audit_anchor').get());
    const head = placeIn(db.prepare('SELECT id, hash FROM audit_head').get());
    return verifyRows(db, { anchor, head, witnesses });
  } finally {
    db.exec('COMMIT');
  }
}

interface Expectations {
  anchor: ChainPlace;
  head: ChainPlace;
  witnesses: readonly ChainPlace[];
}

function verifyRows(db: DatabaseSync, { anchor, head, witnesses }: Expectations): AuditVerification {
  const awaited = new Map(witnesses.filter(({ id }) => id > anchor.id).map(({ id, hash }) => [id, hash]));
  const first = anchor.id + 1;
  let [at, explained] = [anchor, anchor.id === 0 && anchor.hash === GENESIS];
  const result = (broken?: { row: number; reason: BreakReason }): AuditVerification => ({
    ...{ rows: at.id - anchor.id, first, head: at },
    ...(broken === undefined ? {} : { broken }),
  });
  for (const row of db.prepare('SELECT * FROM audit ORDER BY id').iterate()) {
    const chained = chainedRow(row);
    const next = at.id + 1;
    if (chained.id !== next) return result({ row: next, reason: 'missing' });
    const hash = rowHash(at.hash, chained);
    if (hash !== text(row, 'hash')) return result({ row: next, reason: 'changed' });
    if ((awaited.get(next) ?? hash) !== hash) return result({ row: next, reason: 'replaced' });
    awaited.delete(next);
    // The row about the last deletion is never itself deleted before another is made.
    explained ||= chained.action === 'audit.prune' && chained.detail === anchor.hash;
    at = { id: next, hash };
  }
  const gone = Math.max(head.id, ...awaited.keys());
  if (gone > at.id) return result({ row: gone, reason: 'truncated' });
  if (head.hash !== at.hash) return result({ row: at.id, reason: 'replaced' });
  return result(explained ? undefined : { row: first, reason: 'unexplained' });
}

function placeIn(row: Row | undefined): ChainPlace {
  return { id: integer(row ?? {}, 'id'), hash: text(row ?? {}, 'hash') };
}
