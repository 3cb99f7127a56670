import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Cleanup } from '../cleanup.ts';
import { processUsage } from '../process-usage.ts';
import { endProcess, hasEnded, type Server, startServer } from '../processes.ts';

/** What a program and all that it has started have used so far. */
export interface ContainedUsage {
  /** User and system time, with that of processes that have ended, s. */
  cpuSeconds: number;
  rssBytes: number;
  pssBytes: number;
  /** Processes and threads that were ever started; a thread takes a number of its own, as a process does. */
  started: number;
}

/** The first process of a namespace does not hear SIGTERM unless it listens for it. */
const GRACE_MS = 5000;
/** Reading the last number starts one process in the namespace itself. */
const OWN_STARTS = 1;

/**
 * A program in a PID namespace of its own (pid_namespaces(7)), which needs root: its numbers are given one after another, so that the last one tells how
 * many processes it has started, however short they lived.
 */
export class Contained {
  readonly #server: Server;
  readonly #namespace: string;
  readonly #first: number;
  #reads = 0;

  private constructor(server: Server, first: number, namespace: string) {
    this.#server = server;
    this.#first = first;
    this.#namespace = namespace;
  }

  static async start(
    cleanup: Cleanup,
    command: readonly [string, ...string[]],
    options: { cwd: string; env?: NodeJS.ProcessEnv },
  ): Promise<Contained> {
    const server = startServer('unshare', ['--pid', '--fork', '--kill-child', ...command], options);
    cleanup.defer(() => endProcess(server.child, GRACE_MS));
    const first = await firstOf(server);
    // unshare(1) keeps SIGTERM from itself, and waits; when it is killed in the end, so is what it has started.
    cleanup.defer(() => void (hasEnded(server.child) || process.kill(first, 'SIGTERM')));
    return new Contained(server, first, readlinkSync(`/proc/${first}/ns/pid`));
  }

  usage(): ContainedUsage {
    const each = this.#processes().flatMap((pid) => {
      try {
        return processUsage(pid);
      } catch {
        // It has ended meanwhile: what it used stands with the process that started it.
        return [];
      }
    });
    const sum = (name: 'cpuSeconds' | 'rssBytes' | 'pssBytes'): number =>
      each.reduce((total, usage) => total + usage[name], 0);
    return {
      cpuSeconds: sum('cpuSeconds'),
      rssBytes: sum('rssBytes'),
      pssBytes: sum('pssBytes'),
      started: this.#started(),
    };
  }

  /** @throws Error with the end of its output when it has ended */
  checkRuns(): void {
    if (this.#processes().length === 0) throw new Error(`it has ended: ${this.#server.tail()}`);
  }

  #processes(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => isIn(pid, this.#namespace));
  }

  #started(): number {
    const file = '/proc/sys/kernel/ns_last_pid';
    const args = [`--target=${this.#first}`, '--pid', 'cat', file];
    this.#reads += OWN_STARTS;
    return Number(execFileSync('nsenter', args, { encoding: 'utf8' })) - this.#reads;
  }
}

/** The first process of the namespace: the child of unshare(1). @throws Error when there is none, which may be for want of rights */
async function firstOf({ child, tail }: Server): Promise<number> {
  const deadline = performance.now() + 5000;
  while (performance.now() < deadline && child.exitCode === null && child.pid !== undefined) {
    const [first] = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').split(' ');
    if (first !== undefined && first !== '') return Number(first);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`expected a PID namespace, which root may make, got: ${tail()}`);
}

function isIn(pid: number, namespace: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`) === namespace;
  } catch {
    // It has ended meanwhile.
    return false;
  }
}
