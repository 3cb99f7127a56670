import { readFileSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { CampusError } from '../../contract/errors.ts';
import { integer } from '../registry/row.ts';
import { openLink } from './link.ts';
import { parseSyslogUrl } from './syslog-config.ts';
import { SyslogExport, type SyslogExportOptions } from './syslog-export.ts';

export interface StartSyslogOptions extends Omit<SyslogExportOptions, 'position' | 'connect' | 'names'> {
  db: DatabaseSync;
  config: { url?: string; ca_file?: string; names: boolean };
}

/**
 * Begins to send the audit log to the configured server. Returns how to stop; undefined where none is configured.
 * @throws CampusError `config_invalid`, `tls_required`
 */
export function startSyslog({ db, config, ...options }: StartSyslogOptions): (() => Promise<void>) | undefined {
  if (config.url === undefined) return undefined;
  const target = parseSyslogUrl(config.url);
  const ca = config.ca_file === undefined ? undefined : readCa(config.ca_file);
  const connect = () => openLink(target, ca);
  return new SyslogExport({ ...options, connect, names: config.names, position: savedPosition(db) }).start();
}

/** The row that was sent last, in the table `revisions`. */
function savedPosition(db: DatabaseSync): SyslogExportOptions['position'] {
  const read = db.prepare("SELECT value FROM revisions WHERE name = 'syslog'");
  const write = db.prepare("INSERT OR REPLACE INTO revisions VALUES ('syslog', ?)");
  return {
    read: () => {
      const row = read.get();
      return row === undefined ? 0 : integer(row, 'value');
    },
    write: (row) => void write.run(row),
  };
}

function readCa(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CampusError(
      'config_invalid',
      `gateway.syslog.ca_file: expected a file that can be read: ${(error as Error).message}`,
      { cause: error },
    );
  }
}
