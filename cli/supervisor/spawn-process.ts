import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const processNames = ['gateway', 'agent', 'flows'] as const;
export type ProcessName = (typeof processNames)[number];

/**
 * Megabytes of a process's nursery for new objects: a small one is emptied more often, and takes tens of megabytes less. The gateway's holds
 * what a busy second brings, for what is still under way when the nursery is emptied costs the most.
 */
const nurseryMb: Readonly<Record<ProcessName, number>> = { gateway: 8, agent: 2, flows: 4 };

/**
 * Options of Node.js for a process. Nurseries this small are emptied faster by one thread than four helpers take to agree on it. The agent
 * does little and is content with code that is small, which takes 20 MB less; gateway and flows would take twice the time.
 */
export function nodeOptions(name: ProcessName): string[] {
  const size = name === 'agent' ? ['--optimize-for-size'] : [];
  return [`--max-semi-space-size=${nurseryMb[name]}`, '--single-threaded-gc', ...size];
}

const program = fileURLToPath(new URL('../campus-edge.js', import.meta.url));

/**
 * Starts one of the three processes on this very Node.js.
 * Its log comes through a pipe when it is to be made readable, and goes straight to this process's output otherwise.
 */
export function spawnProcess(
  name: ProcessName,
  options: { home: string; lang: string; env: NodeJS.ProcessEnv; pipeLog: boolean },
): ChildProcess {
  return spawn(
    process.execPath,
    [...nodeOptions(name), program, name, '--home', options.home, '--lang', options.lang],
    {
      env: { ...frugal(options.home), ...options.env },
      stdio: ['ignore', options.pipeLog ? 'pipe' : 'inherit', 'inherit', 'ipc'],
      // A group of its own: a terminal's Ctrl-C reaches the supervisor alone, which ends the three in their order.
      detached: true,
    },
  );
}

/** What keeps a process small, unless the environment says otherwise. */
export function frugal(home: string): NodeJS.ProcessEnv {
  return {
    // Stripped types are kept from one start to the next: without that every process and thread loads the compiler, 20 MB each.
    NODE_COMPILE_CACHE: join(home, 'cache'),
    // glibc would keep freed memory in up to eight arenas per core, for a throughput that nothing here needs (mallopt(3)).
    MALLOC_ARENA_MAX: '2',
  };
}
