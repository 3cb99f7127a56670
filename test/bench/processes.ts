import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Text of a process's output that is kept to explain its failure. */
const TAIL_CHARS = 4000;

/** A server started for a measurement, whose output is kept in part. */
export interface Server {
  readonly child: ChildProcess;
  /** The end of what it printed. */
  tail(): string;
}

/** Starts a program that logs to its standard output or error. */
export function startServer(
  command: string,
  args: readonly string[],
  { cwd, env = process.env }: { cwd: string; env?: NodeJS.ProcessEnv },
): Server {
  return withTail(spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] }));
}

/** Keeps the end of what a child prints on the outputs that are pipes. */
export function withTail(child: ChildProcess): Server {
  let tail = '';
  const keep = (chunk: Buffer): void => {
    tail = (tail + chunk.toString()).slice(-TAIL_CHARS);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return { child, tail: () => tail };
}

export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Ends a process in order, by force after `graceMs`, and waits until it is gone. */
export async function endProcess(child: ChildProcess, graceMs = 12_000): Promise<void> {
  if (hasEnded(child) || child.pid === undefined) return;
  const exited = once(child, 'exit');
  const late = setTimeout(() => child.kill('SIGKILL'), graceMs);
  child.kill('SIGTERM');
  await exited;
  clearTimeout(late);
}
