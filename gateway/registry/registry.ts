import type { DatabaseSync } from 'node:sqlite';
import { Audit } from './audit.ts';
import { CommandTable } from './command-table.ts';
import { Credentials } from './credentials.ts';
import { openDatabase } from './database.ts';
import { Devices } from './devices.ts';
import { ErasureTable } from './erasure-table.ts';
import { Events } from './events.ts';
import { Inventories } from './inventories.ts';
import { IssuedCertificates } from './issued-certificates.ts';
import { JoinRequests } from './join-requests.ts';
import { JoinTokens } from './join-tokens.ts';
import { Rejects } from './rejects.ts';
import { Sessions } from './sessions.ts';
import { Tokens } from './tokens.ts';
import { Users } from './users.ts';

export { checkpoint } from './database.ts';

/** How often `flush` is due, ms: what a crash may lose of last uses and of the counts of repeats. */
export const FLUSH_MS = 30_000;

/** How long the gateway waits for the command line's writes, ms. */
const GATEWAY_BUSY_TIMEOUT_MS = 250;
/** The write-ahead log is cut to this after a checkpoint. */
const WAL_BYTES_KEPT = 8 * 1024 * 1024;

/** Everything that the gateway knows besides measurements, in one SQLite file that the command line may open at the same time. */
export interface Registry {
  readonly db: DatabaseSync;
  readonly devices: Devices;
  readonly inventories: Inventories;
  readonly credentials: Credentials;
  readonly users: Users;
  readonly sessions: Sessions;
  readonly tokens: Tokens;
  readonly joinTokens: JoinTokens;
  readonly issuedCertificates: IssuedCertificates;
  readonly joinRequests: JoinRequests;
  readonly audit: Audit;
  readonly rejects: Rejects;
  readonly events: Events;
  readonly commands: CommandTable;
  readonly erasures: ErasureTable;
  /** Writes what gathers in memory. */
  flush(): void;
  /** Deletes what has outlived its time: ended sessions and tokens, audit rows, events, erasures. Once an hour will do. */
  prune(): void;
  /** Flushes and closes the file. */
  close(): void;
}

/**
 * Opens or makes the registry at `path`.
 * @throws CampusError `registry_unusable` when the file is damaged or of a newer version
 */
export function openRegistry(path: string, { now }: { now: () => number }): Registry {
  const db = openDatabase(path);
  // On the thread that serves MQTT another process's lock is not worth waiting for: what cannot be written is written by `flush`.
  db.exec(`PRAGMA busy_timeout = ${GATEWAY_BUSY_TIMEOUT_MS}; PRAGMA journal_size_limit = ${WAL_BYTES_KEPT}`);
  const devices = new Devices(db);
  const sessions = new Sessions(db);
  const tokens = new Tokens(db);
  const joinTokens = new JoinTokens(db);
  const issuedCertificates = new IssuedCertificates(db);
  const joinRequests = new JoinRequests(db);
  const audit = new Audit(db, now);
  const rejects = new Rejects(db);
  const events = new Events(db);
  const commands = new CommandTable(db);
  const erasures = new ErasureTable(db);
  const flush = (): void => {
    devices.flush(now());
    sessions.flush();
    tokens.flush();
    audit.flush();
    rejects.flush();
  };
  return {
    db,
    devices,
    inventories: new Inventories(db),
    credentials: new Credentials(db),
    users: new Users(db),
    sessions,
    tokens,
    joinTokens,
    issuedCertificates,
    joinRequests,
    audit,
    rejects,
    events,
    commands,
    erasures,
    flush,
    prune: () => {
      sessions.prune(now());
      tokens.prune(now());
      joinTokens.prune(now());
      issuedCertificates.prune(now());
      joinRequests.prune(now());
      audit.prune(now());
      events.prune(now());
      commands.prune(now());
      erasures.prune(now());
    },
    close: () => {
      flush();
      audit.flush(true);
      db.close();
    },
  };
}
