import { closeSync, existsSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Damage } from '../damage.ts';
import { salvage } from './salvage.ts';

/** Damaged files kept for examination, with their logs: the newest. Each may be as large as the queue's bound. */
const KEPT = 2;

/**
 * Puts a new file with what can be saved in the place of a damaged one, which is set aside with its log. Killed at any moment, it
 * leaves a state from which `finishReplacing` and another call come to the same end.
 */
export function replaceBySalvaged(path: string, consumers: readonly string[]): Damage {
  // Where only the log is left there is still something to read.
  if (!existsSync(path)) writeFileSync(path, '');
  const { saved, lost } = salvage(path, salvagedFile(path), consumers);
  const setAside = nextAside(path);
  renameSync(path, setAside);
  moveLog(path, setAside);
  renameSync(salvagedFile(path), path);
  syncDirectory(path);
  dropOldest(path);
  return { setAside, saved, lost };
}

/** Completes a replacement that was interrupted between its renames; one interrupted before begins anew. */
export function finishReplacing(path: string): void {
  const salvaged = salvagedFile(path);
  if (!existsSync(salvaged)) return;
  if (existsSync(path)) {
    rmSync(salvaged);
    return;
  }
  const last = asideFiles(path).at(-1);
  // The log belongs to the damaged file: beside the new one SQLite would apply it.
  if (last !== undefined) moveLog(path, join(dirname(path), last));
  renameSync(salvaged, path);
  syncDirectory(path);
}

function salvagedFile(path: string): string {
  return `${path}.salvaged`;
}

/** Damaged files are numbered, since a clock may not be set. */
function nextAside(path: string): string {
  const last = asideFiles(path).at(-1);
  return `${path}.damaged-${last === undefined ? 1 : numberOf(last) + 1}`;
}

/** Names of the damaged files beside the queue's, oldest first. */
function asideFiles(path: string): string[] {
  const prefix = `${basename(path)}.damaged-`;
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .sort((one, other) => numberOf(one) - numberOf(other));
}

function numberOf(name: string): number {
  return Number(/\d+$/.exec(name)?.[0] ?? 0);
}

function moveLog(path: string, setAside: string): void {
  if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${setAside}-wal`);
  rmSync(`${path}-shm`, { force: true });
}

function dropOldest(path: string): void {
  for (const name of asideFiles(path).slice(0, -KEPT)) {
    for (const suffix of ['', '-wal']) rmSync(join(dirname(path), name + suffix), { force: true });
  }
}

function syncDirectory(path: string): void {
  const directory = openSync(dirname(path), 'r');
  fsyncSync(directory);
  closeSync(directory);
}
