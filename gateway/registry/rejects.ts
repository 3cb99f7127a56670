import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ErrorCode } from '../../contract/errors.ts';
import { boundedText, textBounds } from './bounded-text.ts';
import { RepeatWindow } from './repeat-window.ts';
import { integer, optionalText, type Row, text } from './row.ts';

/** Rows kept at most: days of a device that fails in many ways, and less than 10 MB. */
export const REJECTS_MAX = 10_000;
/** Rejects that repeats are looked for among. */
const REPEAT_KEYS = 4096;

export interface RejectInput {
  /** Absent when the message did not tell. */
  site?: string | undefined;
  device?: string | undefined;
  topic?: string | undefined;
  code: ErrorCode;
  /** What was expected, what came and where. */
  detail: string;
  /** When it came, ms. */
  time: number;
  /** How the payload begins, to recognise it by. */
  sample?: string | undefined;
}

export interface Reject {
  id: number;
  time: number;
  lastTime: number;
  site: string | undefined;
  device: string | undefined;
  topic: string | undefined;
  code: string;
  detail: string;
  sample: string | undefined;
  count: number;
}

export interface RejectQuery {
  /** Rows older than this id. */
  before?: number | undefined;
  limit: number;
  site?: string | undefined;
  device?: string | undefined;
  code?: string | undefined;
}

/** The table `rejects`: payloads that were acknowledged and not stored, with the reason. The oldest go first. */
export class Rejects {
  readonly #add: StatementSync;
  readonly #trim: StatementSync;
  readonly #count: StatementSync;
  readonly #eraseText: StatementSync;
  readonly #eraseDevice: StatementSync;
  readonly #list: StatementSync;
  readonly #repeats = new RepeatWindow(REPEAT_KEYS);

  constructor(db: DatabaseSync) {
    this.#add = db.prepare(`
      INSERT INTO rejects (time, last_time, site, device, topic, code, detail, sample, count)
      VALUES ($time, $time, $site, $device, $topic, $code, $detail, $sample, 1)`);
    this.#trim = db.prepare('DELETE FROM rejects WHERE id <= ?');
    this.#count = db.prepare('UPDATE rejects SET count = count + ?, last_time = ? WHERE id = ?');
    this.#eraseText = db.prepare(
      "DELETE FROM rejects WHERE instr(coalesce(topic, '') || ' ' || detail || ' ' || coalesce(sample, ''), $text) > 0",
    );
    this.#eraseDevice = db.prepare('DELETE FROM rejects WHERE site = ? AND device = ?');
    this.#list = db.prepare(`
      SELECT * FROM rejects
      WHERE id < $before AND ($site IS NULL OR site = $site) AND ($device IS NULL OR device = $device)
        AND ($code IS NULL OR code = $code)
      ORDER BY id DESC LIMIT $limit`);
  }

  /** Keeps a reject. The same one (site, device, code, topic) again within a minute only counts up. */
  add({ site, device, topic, code, detail, time, sample }: RejectInput): void {
    const key = JSON.stringify([site, device, code, topic?.slice(0, textBounds.topic)]);
    if (this.#repeats.repeat(key, time)) return;
    const { lastInsertRowid } = this.#add.run({
      $time: time,
      $site: bounded(site, textBounds.name),
      $device: bounded(device, textBounds.name),
      $topic: bounded(topic, textBounds.topic),
      $code: code,
      $detail: boundedText(detail, textBounds.detail),
      $sample: bounded(sample, textBounds.sample),
    });
    const id = Number(lastInsertRowid);
    this.#repeats.start(key, id, time);
    // Ids are given without gaps, so this is the row that fell out, if there was one.
    this.#trim.run(id - REJECTS_MAX);
  }

  /** Newest first. */
  list({ before, limit, site, device, code }: RejectQuery): Reject[] {
    this.flush();
    const rows = this.#list.all({
      $before: before ?? Number.MAX_SAFE_INTEGER,
      $limit: limit,
      $site: site ?? null,
      $device: device ?? null,
      $code: code ?? null,
    });
    return rows.map(fromRow);
  }

  /** Deletes the rejects of a device, or those with a text in them. Returns how many. */
  erase(subject: { site: string; device: string } | { text: string }): number {
    this.flush();
    const { changes } =
      'text' in subject
        ? this.#eraseText.run({ $text: subject.text })
        : this.#eraseDevice.run(subject.site, subject.device);
    return Number(changes);
  }

  /** Writes the counts that have gathered. */
  flush(): void {
    this.#repeats.writeCounts(({ id, count, lastTime }) => this.#count.run(count, lastTime, id));
  }
}

function bounded(value: string | undefined, max: number): string | null {
  return value === undefined ? null : boundedText(value, max);
}

function fromRow(row: Row): Reject {
  return {
    id: integer(row, 'id'),
    time: integer(row, 'time'),
    lastTime: integer(row, 'last_time'),
    site: optionalText(row, 'site'),
    device: optionalText(row, 'device'),
    topic: optionalText(row, 'topic'),
    code: text(row, 'code'),
    detail: text(row, 'detail'),
    sample: optionalText(row, 'sample'),
    count: integer(row, 'count'),
  };
}
