import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { nextWaitMs } from './back-off.ts';
import { parseReady, type Ready } from './ready.ts';

/** Exit code of a process that was started wrongly: doing it again would not help. */
const WRONG_USE = 2;

export interface SupervisedOptions {
  /** Starts the process, with an IPC channel. */
  spawn: () => ChildProcess;
  /** Called at every start that succeeds. */
  onReady: (ready: Ready) => void;
  /** Called when the process ended by itself and will be started again. `cause` is a signal's name or `exit code N`. */
  onEnded: (cause: string, waitMs: number) => void;
  /** Called when the process says, before it ever was ready, that it cannot run as it is configured. */
  onRefused: () => void;
}

/** One child process that is kept running until it is stopped. */
export class Supervised {
  readonly #options: SupervisedOptions;
  #child: ChildProcess | undefined;
  #restart: NodeJS.Timeout | undefined;
  #waitMs: number | undefined;
  #wasReady = false;
  #stopping = false;

  constructor(options: SupervisedOptions) {
    this.#options = options;
  }

  /** Starts the process; nothing happens when it has been stopped. */
  start(): void {
    if (this.#stopping) return;
    const child = this.#options.spawn();
    const startedAt = performance.now();
    this.#child = child;
    child.on('message', (message) => {
      const ready = parseReady(message);
      if (ready === undefined) return;
      this.#wasReady = true;
      this.#options.onReady(ready);
    });
    // A process that could not be started at all reports `error` in place of `exit`.
    child.on('error', (error) => this.#ended(child, error.message, performance.now() - startedAt));
    child.on('exit', (code, signal) => {
      if (code === WRONG_USE && !this.#wasReady && !this.#stopping) {
        this.#child = undefined;
        this.#options.onRefused();
        return;
      }
      this.#ended(child, signal ?? `exit code ${code}`, performance.now() - startedAt);
    });
  }

  #ended(child: ChildProcess, cause: string, ranMs: number): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    if (this.#stopping) return;
    this.#waitMs = nextWaitMs(this.#waitMs, ranMs);
    this.#options.onEnded(cause, this.#waitMs);
    this.#restart = setTimeout(() => this.start(), this.#waitMs);
  }

  /** Asks the process to end (SIGTERM) and resolves when it has. It is not started again. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child === undefined) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }

  /** Ends the process at once, when it does not end by itself. */
  kill(): void {
    this.#stopping = true;
    clearTimeout(this.#restart);
    this.#child?.kill('SIGKILL');
  }
}
