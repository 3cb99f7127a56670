import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Home } from '../../runtime/home.ts';
import { RUNNING_FILE } from '../../runtime/running.ts';
import { PSEUDONYM_KEYS_FILE } from '../privacy/pseudonym-keys.ts';
import { AUDIT_HEAD_FILE } from '../registry/audit-head-note.ts';

/** How a file is copied while a process may write to it: databases by their own means, all others are written whole or not at all. */
export type FileKind = 'sqlite' | 'duckdb' | 'plain';

export interface HomeFile {
  /** Within the home, with `/`. */
  path: string;
  kind: FileKind;
  bytes: number;
}

/** The measurements of a home, where its store is DuckDB. */
export const STORE_PATH = 'gateway/store.duckdb';
/** What the gateway has acknowledged and its stores may not have yet. */
export const SPOOL_PATH = 'gateway/spool.sqlite';
/** Everything else that the gateway knows. */
export const REGISTRY_PATH = 'gateway/registry.sqlite';

/** Directories below each other: no process of the product makes more than two. */
const DEPTH_MAX = 8;

/** Logs of a database, which its copy has no need of; halves of files; what was set aside as damaged; and what is true only now. */
const leftOutFiles = /(-wal|-shm|-journal|\.wal|\.tmp|\.log)$|\.damaged-\d+$/;
/** What is true of these very files only, for a restored log goes on from an older row; and the keys that would tell whose data a backup has. */
const leftOutNotes: readonly string[] = [RUNNING_FILE, AUDIT_HEAD_FILE, PSEUDONYM_KEYS_FILE];
/** Exports under way, DuckDB's spill, and packages that can be installed anew. */
const leftOutDirectories = /^(tmp|node_modules)$|\.tmp$/;

/** The files that a backup of a home holds: its configuration and everything that agent, gateway and flows keep. */
export function homeFiles(home: Home): HomeFile[] {
  const config = existsSync(home.configFile) ? [fileAt(home, home.configFile)] : [];
  const parts = [home.agentDir, home.gatewayDir, home.flowsDir, home.credentialsDir, home.pkiDir];
  return [...config, ...parts.filter(mayRead).flatMap((dir) => filesBelow(home, dir, 1))];
}

/** False for the part of a process that runs as another user and keeps it to itself: the agent's outbox is no business of the gateway's. */
function mayRead(dir: string): boolean {
  try {
    accessSync(dir, constants.R_OK | constants.X_OK);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return false;
    // What is not there has no files.
    return true;
  }
}

function filesBelow(home: Home, dir: string, depth: number): HomeFile[] {
  if (depth > DEPTH_MAX || !existsSync(dir)) return [];
  return readdirSync(dir)
    .sort()
    .flatMap((name) => {
      const path = join(dir, name);
      // What a link points to is meant: a store may lie on a larger disk.
      const stat = statSync(path, { throwIfNoEntry: false });
      if (stat?.isDirectory() && !leftOutDirectories.test(name)) return filesBelow(home, path, depth + 1);
      return stat?.isFile() && !leftOutNotes.includes(name) && !leftOutFiles.test(name) ? [fileAt(home, path)] : [];
    });
}

function fileAt(home: Home, path: string): HomeFile {
  const kind = path.endsWith('.sqlite') ? 'sqlite' : path.endsWith('.duckdb') ? 'duckdb' : 'plain';
  return { path: relative(home.dir, path), kind, bytes: statSync(path).size };
}
