import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { Check } from '#typebox/value';
import { Alert } from '../../contract/alert.ts';
import { integer, optionalInteger, optionalText, type Row, text } from '../registry/row.ts';

export interface AlertQuery {
  state?: 'open' | 'cleared' | undefined;
  site?: string | undefined;
  device?: string | undefined;
  /** Alerts raised before the one with this id. */
  before?: string | undefined;
  limit: number;
}

/** What was said when the alert was acknowledged, and when it was closed. */
export interface AlertNotes {
  acknowledged?: string | undefined;
  closed?: string | undefined;
}

/** Comes after every id. */
const AFTER_ALL = '~';

/** The table `alerts`: open ones and the history. */
export class AlertTable {
  readonly #save: StatementSync;
  readonly #get: StatementSync;
  readonly #notes: StatementSync;
  readonly #setNote: Readonly<Record<keyof AlertNotes, StatementSync>>;
  readonly #open: StatementSync;
  readonly #list: StatementSync;
  readonly #eraseText: StatementSync;
  readonly #eraseDevice: StatementSync;
  readonly #forgetAcknowledged: StatementSync;
  readonly #forgetClosed: StatementSync;
  readonly #prune: StatementSync;

  constructor(db: DatabaseSync) {
    this.#save = db.prepare(`
      INSERT INTO alerts (id, site, device, rule, subject, state, class, sub_class, level, summary, evidence, raised_at, updated_at,
        cleared_at, acknowledged_at, acknowledged_by, closed_by)
      VALUES ($id, $site, $device, $rule, $subject, $state, $class, $sub_class, $level, $summary, $evidence, $raised_at, $updated_at,
        $cleared_at, $acknowledged_at, $acknowledged_by, $closed_by)
      ON CONFLICT (id) DO UPDATE SET state = excluded.state, class = excluded.class, sub_class = excluded.sub_class,
        level = excluded.level, summary = excluded.summary, evidence = excluded.evidence, updated_at = excluded.updated_at,
        cleared_at = excluded.cleared_at, acknowledged_at = excluded.acknowledged_at, acknowledged_by = excluded.acknowledged_by, closed_by = excluded.closed_by`);
    this.#get = db.prepare('SELECT * FROM alerts WHERE id = ?');
    this.#notes = db.prepare('SELECT acknowledged_note, closed_note FROM alerts WHERE id = ?');
    this.#setNote = {
      acknowledged: db.prepare('UPDATE alerts SET acknowledged_note = ? WHERE id = ?'),
      closed: db.prepare('UPDATE alerts SET closed_note = ? WHERE id = ?'),
    };
    this.#open = db.prepare("SELECT * FROM alerts WHERE state = 'open' ORDER BY id");
    this.#list = db.prepare(`
      SELECT * FROM alerts
      WHERE id < $before AND ($state IS NULL OR state = $state) AND ($site IS NULL OR site = $site)
        AND ($device IS NULL OR device = $device)
      ORDER BY id DESC LIMIT $limit`);
    this.#eraseText = db.prepare(`
      DELETE FROM alerts
      WHERE instr(subject || ' ' || summary || ' ' || evidence || ' ' || coalesce(acknowledged_note, '') || ' ' || coalesce(closed_note, ''), $text) > 0
      RETURNING id`);
    this.#eraseDevice = db.prepare('DELETE FROM alerts WHERE site = ? AND device = ? RETURNING id');
    this.#forgetAcknowledged = db.prepare(`
      UPDATE alerts SET acknowledged_by = $pseudonym, acknowledged_note = NULL WHERE acknowledged_by = $name RETURNING id`);
    this.#forgetClosed = db.prepare(`
      UPDATE alerts SET closed_by = $pseudonym, closed_note = NULL WHERE closed_by = $name RETURNING id`);
    this.#prune = db.prepare("DELETE FROM alerts WHERE state = 'cleared' AND cleared_at < ?");
  }

  save(alert: Alert): void {
    const columns: Record<string, SQLInputValue> = {
      $id: alert.id,
      $site: alert.site,
      $device: alert.device,
      $rule: alert.rule,
      $subject: alert.subject,
      $state: alert.state,
      $class: alert.class,
      $sub_class: alert.sub_class ?? null,
      $level: alert.level,
      $summary: JSON.stringify(alert.summary),
      $evidence: JSON.stringify(alert.evidence),
      $raised_at: alert.raised_at,
      $updated_at: alert.updated_at,
      $cleared_at: alert.cleared_at ?? null,
      $acknowledged_at: alert.acknowledged_at ?? null,
      $acknowledged_by: alert.acknowledged_by ?? null,
      $closed_by: alert.closed_by ?? null,
    };
    this.#save.run(columns);
  }

  get(id: string): Alert | undefined {
    const row = this.#get.get(id);
    return row === undefined ? undefined : fromRow(row);
  }

  notes(id: string): AlertNotes {
    const row = this.#notes.get(id);
    if (row === undefined) return {};
    return { acknowledged: optionalText(row, 'acknowledged_note'), closed: optionalText(row, 'closed_note') };
  }

  setNote(id: string, about: keyof AlertNotes, note: string): void {
    this.#setNote[about].run(note, id);
  }

  open(): Alert[] {
    return this.#open.all().map(fromRow);
  }

  /** Newest first. */
  list({ state, site, device, before, limit }: AlertQuery): Alert[] {
    const columns = {
      $before: before ?? AFTER_ALL,
      $state: state ?? null,
      $site: site ?? null,
      $device: device ?? null,
      $limit: limit,
    };
    return this.#list.all(columns).map(fromRow);
  }

  /** Deletes a device's alerts, or those with a text in what they are about. Returns their ids. */
  erase(subject: { site: string; device: string } | { text: string }): string[] {
    const gone =
      'text' in subject
        ? this.#eraseText.all({ $text: subject.text })
        : this.#eraseDevice.all(subject.site, subject.device);
    return gone.map((row) => text(row, 'id'));
  }

  /** Calls a person who handled alerts by another name and deletes what they said. Returns the alerts. */
  forgetHandler(name: string, pseudonym: string): Alert[] {
    const columns = { $name: name, $pseudonym: pseudonym };
    const changed = [...this.#forgetAcknowledged.all(columns), ...this.#forgetClosed.all(columns)];
    return changed.flatMap((row) => this.get(text(row, 'id')) ?? []);
  }

  /** Deletes the alerts that were cleared before a moment, ms. */
  prune(before: number): void {
    this.#prune.run(before);
  }
}

function fromRow(row: Row): Alert {
  const optional = {
    sub_class: optionalText(row, 'sub_class'),
    cleared_at: optionalInteger(row, 'cleared_at'),
    acknowledged_at: optionalInteger(row, 'acknowledged_at'),
    acknowledged_by: optionalText(row, 'acknowledged_by'),
    closed_by: optionalText(row, 'closed_by'),
  };
  const alert: unknown = {
    id: text(row, 'id'),
    site: text(row, 'site'),
    device: text(row, 'device'),
    rule: text(row, 'rule'),
    subject: text(row, 'subject'),
    state: text(row, 'state'),
    class: text(row, 'class'),
    level: integer(row, 'level'),
    summary: JSON.parse(text(row, 'summary')),
    evidence: JSON.parse(text(row, 'evidence')),
    raised_at: integer(row, 'raised_at'),
    updated_at: integer(row, 'updated_at'),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  };
  if (Check(Alert, alert)) return alert;
  throw new TypeError(`alert ${text(row, 'id')}: the stored row does not have the shape of an alert`);
}
