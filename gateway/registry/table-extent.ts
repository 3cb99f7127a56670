import type { DatabaseSync } from 'node:sqlite';
import { integer, optionalInteger } from './row.ts';

/** The tables that hold something about people or devices, with what dates a row; of a table without a time nobody can tell how old it is. */
export const datedTables = {
  alerts: 'raised_at',
  audit: 'time',
  audit_names: undefined,
  commands: 'created_at',
  credentials: 'created_at',
  devices: 'first_seen',
  erasures: 'requested_at',
  events: 'received_at',
  inventories: 'received_at',
  issued_certificates: undefined,
  join_requests: 'created_at',
  join_tokens: 'created_at',
  rejects: 'time',
  sessions: 'created_at',
  tokens: 'created_at',
  users: 'created_at',
} as const satisfies Record<string, string | undefined>;
export type DatedTable = keyof typeof datedTables;

/** How many rows a table has, and when the oldest was made, ms. */
export function tableExtent(db: DatabaseSync, table: DatedTable): { count: number; oldest: number | undefined } {
  const column = datedTables[table];
  const row = db.prepare(`SELECT count(*) AS count, min(${column ?? 'NULL'}) AS oldest FROM ${table}`).get() ?? {};
  return { count: integer(row, 'count'), oldest: optionalInteger(row, 'oldest') };
}
