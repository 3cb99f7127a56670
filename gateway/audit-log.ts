import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import type { DatabaseSync } from 'node:sqlite';
import { CampusError } from '../contract/errors.ts';
import type { Home } from '../runtime/home.ts';
import { version } from '../runtime/version.ts';
import { registryFile } from './admin.ts';
import { Audit, type HashedRow } from './registry/audit.ts';
import type { ChainPlace } from './registry/audit-chain.ts';
import { notedHead } from './registry/audit-head-note.ts';
import { type AuditVerification, verifyAudit } from './registry/audit-verification.ts';
import { openDatabase, PATIENT_TIMEOUT_MS } from './registry/database.ts';
import { auditMessage } from './syslog/audit-message.ts';

export { type ChainPlace, parsePlace, placeText } from './registry/audit-chain.ts';
export { type AuditVerification, breakText } from './registry/audit-verification.ts';

/** Rows that are read at once. */
const PAGE_ROWS = 500;

/** A row for those who take the log elsewhere: as it is chained, and with the names that are still known. */
export type ExportedRow = HashedRow & { actorName: string; targetName: string };

/** The audit log of a home, for the command line: whether its gateway runs does not matter. */
export class AuditLog {
  readonly #db: DatabaseSync;
  readonly #noted: ChainPlace | undefined;

  /** @throws CampusError `not_found` where no gateway has ever run and nothing was written down, `registry_unusable` */
  constructor(home: Home) {
    const path = registryFile(home);
    if (!existsSync(path)) {
      throw new CampusError('not_found', `expected a registry at ${path}, got nothing: name the home by --home DIR`);
    }
    // Before the rows, for the chain may grow meanwhile and the note with it.
    this.#noted = notedHead(path);
    this.#db = openDatabase(path, { busyTimeoutMs: PATIENT_TIMEOUT_MS });
    // Commands that only look make a registry, too. A log that had rows tells of them in its head, even when they are gone.
    if (Math.max(this.#noted?.id ?? 0, new Audit(this.#db, Date.now).head().id) > 0) return;
    this.#db.close();
    throw new CampusError(
      'not_found',
      `expected an audit log in ${path}, got none that was ever written to: name the home by --home DIR`,
    );
  }

  /** Checks the whole chain. @param known a place that it had at an earlier time */
  verify(known?: ChainPlace): AuditVerification {
    return verifyAudit(
      this.#db,
      [known, this.#noted].filter((place) => place !== undefined),
    );
  }

  /** The rows of a span of time, oldest first. @param from ms, inclusive @param to ms, exclusive */
  *rows({ from, to }: { from: number; to: number }): Generator<ExportedRow> {
    const audit = new Audit(this.#db, Date.now);
    let after = 0;
    while (true) {
      const page = audit.after(after, PAGE_ROWS);
      for (const row of page) {
        if (row.lastTime < from || row.time >= to) continue;
        yield { ...row, actorName: audit.names.show(row.actor), targetName: audit.names.show(row.target) };
      }
      if (page.length < PAGE_ROWS) return;
      after = page.at(-1)?.id ?? after;
    }
  }

  close(): void {
    this.#db.close();
  }
}

/** A row as one line of an exported file. @param names true to write names where they are known, instead of pseudonyms */
export function exportLine(
  { actorName, targetName, ...row }: ExportedRow,
  { format, names }: { format: 'syslog' | 'json'; names: boolean },
): string {
  const named = names ? { ...row, actorName, targetName } : row;
  if (format === 'syslog') return auditMessage(named, { hostname: hostname(), version });
  const {
    lastTime,
    actorName: actor_name,
    targetName: target_name,
    repeats,
    ...rest
  } = { actorName: undefined, targetName: undefined, ...named };
  return JSON.stringify({ ...rest, last_time: lastTime, repeats: repeats ?? null, actor_name, target_name });
}
