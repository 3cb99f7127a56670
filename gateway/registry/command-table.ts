import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { RequestedCommand } from '../../contract/command.ts';
import type { ErrorCode } from '../../contract/errors.ts';
import { limits } from '../../contract/limits.ts';
import type { CommandResult } from '../../contract/reply.ts';
import { integer, optionalInteger, optionalText, type Row, text } from './row.ts';

/** Commands and what came of them are kept this long: a year's nights can be compared. */
export const COMMAND_LIFE_MS = 400 * 24 * 3600 * 1000;

export const commandsTable = `
  -- What was commanded to devices, and what came of it. Who asked stands in the audit log.
  CREATE TABLE commands (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, site TEXT NOT NULL, device TEXT NOT NULL,
    command TEXT NOT NULL, origin TEXT NOT NULL, state TEXT NOT NULL, created_at INTEGER NOT NULL, started_at INTEGER,
    ended_at INTEGER, result TEXT, code TEXT, detail TEXT
  ) STRICT;
  CREATE INDEX commands_by_device ON commands (site, device, seq);
`;

/** Who asked: somebody by the API, the device itself, or the schedule. */
export type CommandOrigin = 'person' | 'device' | 'schedule';

/** `waiting` for its turn, `sent` and not answered yet, `running` on the device; `done` and `failed` are final. */
export type CommandState = 'waiting' | 'sent' | 'running' | 'done' | 'failed';

/** A command to a device. Times are ms since 1970. */
export interface CommandRecord {
  id: string;
  site: string;
  device: string;
  command: RequestedCommand;
  origin: CommandOrigin;
  state: CommandState;
  createdAt: number;
  /** When the device was told. */
  startedAt?: number;
  endedAt?: number;
  result?: CommandResult;
  code?: ErrorCode;
  detail?: string;
}

export interface CommandQuery {
  site: string;
  device: string;
  /** Of this command alone. */
  command?: RequestedCommand | undefined;
  /** Rows older than this one. */
  before?: number | undefined;
  limit: number;
}

/** The table `commands`. */
export class CommandTable {
  readonly #add: StatementSync;
  readonly #update: StatementSync;
  readonly #trim: StatementSync;
  readonly #get: StatementSync;
  readonly #list: StatementSync;
  readonly #since: StatementSync;
  readonly #abandon: StatementSync;
  readonly #erase: StatementSync;
  readonly #prune: StatementSync;

  constructor(db: DatabaseSync) {
    this.#add = db.prepare(`
      INSERT INTO commands (id, site, device, command, origin, state, created_at)
      VALUES ($id, $site, $device, $command, $origin, $state, $createdAt)`);
    this.#update = db.prepare(`
      UPDATE commands SET state = $state, started_at = $startedAt, ended_at = $endedAt, result = $result,
        code = $code, detail = $detail WHERE id = $id`);
    this.#trim = db.prepare(`
      DELETE FROM commands WHERE site = $site AND device = $device AND seq <= (
        SELECT seq FROM commands WHERE site = $site AND device = $device ORDER BY seq DESC LIMIT 1 OFFSET $kept)`);
    this.#get = db.prepare('SELECT * FROM commands WHERE id = ?');
    this.#list = db.prepare(`
      SELECT * FROM commands WHERE site = $site AND device = $device AND seq < $before
        AND ($command IS NULL OR command = $command) ORDER BY seq DESC LIMIT $limit`);
    this.#since = db.prepare(
      'SELECT * FROM commands WHERE site = $site AND device = $device AND created_at >= $since ORDER BY seq DESC',
    );
    this.#abandon = db.prepare(`
      UPDATE commands SET state = 'failed', code = 'command_expired', detail = 'the gateway was started anew', ended_at = ?
      WHERE state NOT IN ('done', 'failed')`);
    this.#erase = db.prepare('DELETE FROM commands WHERE site = ? AND device = ?');
    this.#prune = db.prepare('DELETE FROM commands WHERE created_at < ?');
  }

  /** Keeps a new command, and of its device the newest only. */
  add({ id, site, device, command, origin, state, createdAt }: CommandRecord): void {
    this.#add.run({
      ...{ $id: id, $site: site, $device: device, $command: command },
      ...{ $origin: origin, $state: state, $createdAt: createdAt },
    });
    this.#trim.run({ $site: site, $device: device, $kept: limits.commandsPerDevice });
  }

  /** Writes what has become of a command. */
  update({ id, state, startedAt, endedAt, result, code, detail }: CommandRecord): void {
    this.#update.run({
      ...{ $id: id, $state: state, $startedAt: startedAt ?? null, $endedAt: endedAt ?? null },
      ...{
        $result: result === undefined ? null : JSON.stringify(result),
        $code: code ?? null,
        $detail: detail ?? null,
      },
    });
  }

  get(id: string): CommandRecord | undefined {
    const row = this.#get.get(id);
    return row === undefined ? undefined : fromRow(row);
  }

  /** Newest first, each with its number for paging. */
  list({ site, device, command, before, limit }: CommandQuery): { seq: number; record: CommandRecord }[] {
    return this.#list
      .all({
        ...{ $site: site, $device: device, $command: command ?? null },
        ...{ $before: before ?? Number.MAX_SAFE_INTEGER, $limit: limit },
      })
      .map((row) => ({ seq: integer(row, 'seq'), record: fromRow(row) }));
  }

  /** Those of a device from a time on, newest first. */
  since(site: string, device: string, time: number): CommandRecord[] {
    return this.#since.all({ $site: site, $device: device, $since: time }).map(fromRow);
  }

  /** At the start: what the gateway before was at has nobody any more who waits for its answer. */
  abandon(now: number): void {
    this.#abandon.run(now);
  }

  erase(site: string, device: string): void {
    this.#erase.run(site, device);
  }

  /** Deletes what is older than 400 days. */
  prune(now: number): void {
    this.#prune.run(now - COMMAND_LIFE_MS);
  }
}

/** Only this class writes the table, so that its words are the types'. */
function fromRow(row: Row): CommandRecord {
  const [startedAt, endedAt] = [optionalInteger(row, 'started_at'), optionalInteger(row, 'ended_at')];
  const [result, code, detail] = ['result', 'code', 'detail'].map((column) => optionalText(row, column));
  return {
    id: text(row, 'id'),
    site: text(row, 'site'),
    device: text(row, 'device'),
    command: text(row, 'command') as RequestedCommand,
    origin: text(row, 'origin') as CommandOrigin,
    state: text(row, 'state') as CommandState,
    createdAt: integer(row, 'created_at'),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(result === undefined ? {} : { result: JSON.parse(result) as CommandResult }),
    ...(code === undefined ? {} : { code: code as ErrorCode }),
    ...(detail === undefined ? {} : { detail }),
  };
}
