import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../installation.ts';
import { flowsPermissions } from './flows-permissions.ts';

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

const program = join(packageRoot, 'cli', 'campus-edge.js');

export interface SpawnOptions {
  home: string;
  lang: string;
  env: NodeJS.ProcessEnv;
  pipeLog: boolean;
  /** False for flows whose configuration lets them start programs. */
  confined?: boolean;
}

/**
 * Starts one of the three processes on this very Node.js.
 * Its log comes through a pipe when it is to be made readable, and goes straight to this process's output otherwise.
 */
export function spawnProcess(
  name: ProcessName,
  { home, lang, env, pipeLog, confined = true }: SpawnOptions,
): ChildProcess {
  const own = name === 'flows' && confined ? confinement(home) : { options: [], env: {} };
  return spawn(
    process.execPath,
    [...nodeOptions(name), ...own.options, program, name, '--home', home, '--lang', lang],
    {
      env: { ...frugal(home), ...env, ...own.env },
      stdio: ['ignore', pipeLog ? 'pipe' : 'inherit', 'inherit', 'ipc'],
      // A group of its own: a terminal's Ctrl-C reaches the supervisor alone, which ends the three in their order.
      detached: true,
    },
  );
}

/** Flows by Node's permission model. Compiled code is kept for them alone: who could write what the gateway loads would be the gateway. */
function confinement(home: string): { options: string[]; env: NodeJS.ProcessEnv } {
  const cache = join(cacheOf(home), 'flows');
  // What does not exist when flows start, they are not allowed to write below.
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  return {
    options: flowsPermissions({ home, installation: packageRoot, cache }),
    env: { NODE_COMPILE_CACHE: cache },
  };
}

/** What keeps a process small, unless the environment says otherwise. */
export function frugal(home: string): NodeJS.ProcessEnv {
  return {
    // Stripped types are kept from one start to the next: without that every process and thread loads the compiler, 20 MB each.
    NODE_COMPILE_CACHE: cacheOf(home),
    // glibc would keep freed memory in up to eight arenas per core, for a throughput that nothing here needs (mallopt(3)).
    MALLOC_ARENA_MAX: '2',
  };
}

/** Where the processes of a home keep compiled code. */
function cacheOf(home: string): string {
  return join(home, 'cache');
}
