import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const processNames = ['gateway', 'agent', 'flows'] as const;
export type ProcessName = (typeof processNames)[number];

/** A small nursery for new objects: it is emptied more often, and each process takes tens of megabytes less. */
const nodeOptions = ['--max-semi-space-size=2'];

const program = fileURLToPath(new URL('../campus-edge.js', import.meta.url));

/**
 * Starts one of the three processes on this very Node.js.
 * Its log comes through a pipe when it is to be made readable, and goes straight to this process's output otherwise.
 */
export function spawnProcess(
  name: ProcessName,
  options: { home: string; lang: string; env: NodeJS.ProcessEnv; pipeLog: boolean },
): ChildProcess {
  return spawn(process.execPath, [...nodeOptions, program, name, '--home', options.home, '--lang', options.lang], {
    env: { ...frugal(options.home), ...options.env },
    stdio: ['ignore', options.pipeLog ? 'pipe' : 'inherit', 'inherit', 'ipc'],
    // A group of its own: a terminal's Ctrl-C reaches the supervisor alone, which ends the three in their order.
    detached: true,
  });
}

/** What keeps a process small, unless the environment says otherwise. */
function frugal(home: string): NodeJS.ProcessEnv {
  return {
    // Stripped types are kept from one start to the next: without that every process and thread loads the compiler, 20 MB each.
    NODE_COMPILE_CACHE: join(home, 'cache'),
    // glibc would keep freed memory in up to eight arenas per core, for a throughput that nothing here needs (mallopt(3)).
    MALLOC_ARENA_MAX: '2',
  };
}
