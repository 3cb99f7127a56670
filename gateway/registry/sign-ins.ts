import { openDatabase } from './database.ts';

/**
 * Takes out of a copy of the registry what opens doors for whoever holds a secret of that moment: sessions, and tokens that stand in for the command
 * line. People sign in anew to a restored home. What was there is overwritten (https://sqlite.org/pragma.html#pragma_secure_delete).
 * @param path a registry that no process has open; it is one file afterwards
 * @throws CampusError `registry_unusable`
 */
export function removeSignIns(path: string): void {
  const db = openDatabase(path);
  try {
    db.exec(`PRAGMA secure_delete = ON; DELETE FROM sessions; DELETE FROM tokens WHERE stands_in;
      PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE`);
  } finally {
    db.close();
  }
}
