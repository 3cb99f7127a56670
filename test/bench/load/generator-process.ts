import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Cleanup } from '../cleanup.ts';
import { endProcess, hasEnded } from '../processes.ts';
import type { GeneratorOptions, GeneratorOutcome } from './generator.ts';
import type { FromGenerator, ToGenerator } from './generator-main.ts';

const PROGRAM = fileURLToPath(new URL('./generator-main.ts', import.meta.url));

export interface GeneratorEvents {
  onConnecting?: (connected: number) => void;
  onRunning?: (progress: { sent: number; acknowledged: number }) => void;
}

/** A load generator in a process of its own, so that what it costs is not counted to anybody else. */
export class GeneratorProcess {
  readonly #child: ChildProcess;
  readonly #connected = Promise.withResolvers<void>();
  readonly #done = Promise.withResolvers<GeneratorOutcome>();

  private constructor(child: ChildProcess, events: GeneratorEvents) {
    this.#child = child;
    child.on('message', (message: FromGenerator) => {
      if (message.kind === 'connecting') events.onConnecting?.(message.connected);
      else if (message.kind === 'connected') this.#connected.resolve();
      else if (message.kind === 'running') events.onRunning?.(message);
      else this.#done.resolve(message.outcome);
    });
    child.on('exit', (code, signal) => {
      const error = new Error(`the load generator ended before it was done (${signal ?? `exit code ${code}`})`);
      this.#connected.reject(error);
      this.#done.reject(error);
    });
    // Both may be rejected when nobody waits for them any more.
    this.#connected.promise.catch(() => undefined);
    this.#done.promise.catch(() => undefined);
  }

  /** Starts the process and connects its devices. */
  static async start(
    options: GeneratorOptions,
    cleanup: Cleanup,
    events: GeneratorEvents = {},
  ): Promise<GeneratorProcess> {
    const child = fork(PROGRAM, { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    cleanup.defer(() => endProcess(child));
    const generator = new GeneratorProcess(child, events);
    generator.#tell({ kind: 'connect', options });
    await generator.#connected.promise;
    return generator;
  }

  get pid(): number {
    if (this.#child.pid === undefined || hasEnded(this.#child)) throw new Error('the load generator does not run');
    return this.#child.pid;
  }

  /** Publishes for the time asked for; resolves when everything is acknowledged or waited for in vain. */
  async run(): Promise<GeneratorOutcome> {
    this.#tell({ kind: 'run' });
    const outcome = await this.#done.promise;
    await endProcess(this.#child);
    return outcome;
  }

  #tell(message: ToGenerator): void {
    this.#child.send(message);
  }
}
