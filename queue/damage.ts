import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { CampusError } from '../contract/errors.ts';

/** A queue's file was damaged when it was opened: what could be read went on into a new one. */
export interface Damage {
  /** Where the damaged file lies now, for whoever wants to look at it. */
  setAside: string;
  /** Messages that are still there. */
  saved: number;
  /** Messages known to be missing. */
  lost: number;
}

/** SQLITE_CORRUPT 11 and SQLITE_NOTADB 26 (https://sqlite.org/rescode.html); extended codes keep the primary one in the low byte. */
const corruptionCodes = [11, 26];

/** True for what SQLite throws on a damaged file, and not for a disk that is full or fails. */
export function isCorruption(error: unknown): boolean {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return false;
  return corruptionCodes.includes(error.errcode & 0xff);
}

/** True for what a queue throws whose file turned out to be damaged: it must be opened anew. */
export function isDamage(error: unknown): boolean {
  return isCorruption(error) || (error instanceof CampusError && error.code === 'queue_damaged');
}

const suspectFile = (path: string): string => `${path}.suspect`;

/** Notes that a queue's file turned out to be damaged while in use: SQLite's check at the next start may overlook it. */
export function markSuspect(path: string): void {
  writeFileSync(suspectFile(path), '');
}

export function isSuspect(path: string): boolean {
  return existsSync(suspectFile(path));
}

export function clearSuspect(path: string): void {
  rmSync(suspectFile(path), { force: true });
}
