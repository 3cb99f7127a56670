import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { frugal, nodeOptions, type ProcessName } from '../../../cli/supervisor/spawn-process.ts';
import { until } from '../../support/until.ts';

const PROGRAM = join(import.meta.dirname, '../../../cli/campus-edge.js');
/** Bytes of the log that are kept to be shown when something fails. */
const LOG_KEPT = 1024 * 1024;

/** One of the product's processes, run by itself, but as the supervisor starts it: killed and started as a test likes. */
export class ProductProcess {
  readonly #name: ProcessName;
  readonly #home: string;
  readonly #env: NodeJS.ProcessEnv;
  #child: ChildProcess | undefined;
  #ready = false;
  /** The end of what it has logged, over all its runs. */
  log = '';

  constructor(name: ProcessName, home: string, env: NodeJS.ProcessEnv) {
    this.#name = name;
    this.#home = home;
    this.#env = env;
  }

  /** Starts the process and waits until it says that it is ready. */
  async start(timeoutMs = 30_000): Promise<void> {
    this.launch();
    await this.ready(timeoutMs);
  }

  /** Starts the process. */
  launch(): void {
    this.#ready = false;
    const child = spawn(process.execPath, [...nodeOptions(this.#name), PROGRAM, this.#name, '--home', this.#home], {
      env: { ...process.env, LANG: 'C.UTF-8', LC_ALL: '', ...frugal(this.#home), ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.log = (this.log + String(chunk)).slice(-LOG_KEPT);
      });
    }
    child.on('message', () => {
      this.#ready = true;
    });
  }

  /** Waits until the process says that it is ready. @throws Error when it has ended instead */
  async ready(timeoutMs = 30_000): Promise<void> {
    await until(
      `${this.#name} is ready`,
      () => {
        if (!this.running) throw new Error(`${this.#name} ended at its start:\n${this.log.slice(-2000)}`);
        return this.#ready;
      },
      { timeoutMs },
    );
  }

  /** Ends the process and waits until it is gone. */
  async end(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === undefined || hasEnded(child)) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  get running(): boolean {
    return this.#child !== undefined && !hasEnded(this.#child);
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Resident memory, bytes. */
  get rssBytes(): number {
    const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.pid}/status`, 'latin1'));
    return Number(match?.[1] ?? 0) * 1024;
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
