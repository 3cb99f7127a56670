import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Static, Type } from '#typebox';
import { Compile } from '#typebox/compile';
import { CampusError } from '../contract/errors.ts';
import { writePrivateFile } from './home.ts';

/** The note that a process leaves in its directory while it runs; `backup` leaves it out. */
export const RUNNING_FILE = 'running.json';

const Note = Type.Object({
  pid: Type.Integer({ minimum: 1 }),
  /** Tells this process from a later one of the same number. */
  start: Type.String(),
  /** Where it answers, of a gateway. */
  url: Type.Optional(Type.String()),
});
const validator = Compile(Note);

/** A process of this product that runs on a home. */
export type Running = Pick<Static<typeof Note>, 'pid' | 'url'>;

/**
 * Notes in `dir` that this very process runs on it, for the command line to find.
 * @returns how to take the note back
 */
export function noteRunning(dir: string, what: { url?: string } = {}): () => void {
  const path = join(dir, RUNNING_FILE);
  const note: Static<typeof Note> = { pid: process.pid, start: startOf(process.pid), ...what };
  try {
    writePrivateFile(path, `${JSON.stringify(note)}\n`);
  } catch (error) {
    // On a full disk a gateway still has to show what is there.
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
  return () => {
    // The next process may have begun before this one has ended.
    if (readNote(path)?.pid === process.pid) rmSync(path);
  };
}

/** @throws CampusError `home_locked` when another process runs on `dir` */
export function refuseSecond(dir: string): void {
  const other = readRunning(dir);
  if (other === undefined || other.pid === process.pid) return;
  throw new CampusError(
    'home_locked',
    `${dir} is in use by process ${other.pid}: stop it first, or choose another home`,
  );
}

/** The process that runs on `dir`; undefined when none does, for a note outlives a process that was killed. */
export function readRunning(dir: string): Running | undefined {
  const note = readNote(join(dir, RUNNING_FILE));
  if (note === undefined || !isAlive(note.pid) || startOf(note.pid) !== note.start) return undefined;
  return { pid: note.pid, ...(note.url === undefined ? {} : { url: note.url }) };
}

function readNote(path: string): Static<typeof Note> | undefined {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return validator.Check(value) ? value : undefined;
  } catch (error) {
    // A note that a full disk cut short was of no process that came to run.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** True while there is a process of this number. Signal 0 only asks (kill(2)); EPERM means that it is another user's. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * When a process started: which boot of the machine, and field 22 of /proc/PID/stat (proc_pid_stat(5)), which counts from there. The name
 * in field 2 may hold anything, brackets too. Empty where there is no /proc.
 */
function startOf(pid: number): string {
  const boot = readIfThere('/proc/sys/kernel/random/boot_id')?.trim();
  const stat = readIfThere(`/proc/${pid}/stat`);
  return [boot, stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19]].join('/');
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
