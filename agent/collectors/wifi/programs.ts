import type { Host } from '../../host/host.ts';

/** A program that answers does so in milliseconds; a radio whose firmware hangs may never. */
const TIMEOUT_MS = 2000;
/** Two thousand clients, each with a screenful of lines. */
const MAX_BYTES = 4 * 1024 * 1024;
/** What iw says where a driver cannot do it (-EOPNOTSUPP), and ubus where an older version has no such method. */
const cannot = /Operation not supported|Method not found|Invalid command/;

/** What one run asks the programs of the machine, and how that went. */
export class Programs {
  /** What failed, each once. */
  readonly problems = new Set<string>();
  readonly #host: Host;
  readonly #signal: AbortSignal;
  readonly #unable: Set<string>;

  /** @param unable what a driver or an older version cannot do, kept from run to run: it is asked for once */
  constructor(host: Host, signal: AbortSignal, unable: Set<string>) {
    this.#host = host;
    this.#signal = signal;
    this.#unable = unable;
  }

  /** Files of the machine. */
  get host(): Host {
    return this.#host;
  }

  /** The output of a program; undefined when it is not installed. @throws Error when it fails */
  run(command: string, args: readonly string[]): Promise<string | undefined> {
    return this.#host.run(command, args, { signal: this.#signal, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES });
  }

  /**
   * What a parser makes of a program's output; undefined when there is none to be had. What fails is noted and disturbs nothing else.
   */
  async ask<T>(command: string, args: readonly string[], parse: (text: string) => T): Promise<T | undefined> {
    const call = [command, ...args].join(' ');
    if (this.#unable.has(call)) return undefined;
    try {
      const text = await this.run(command, args);
      return text === undefined ? undefined : parse(text);
    } catch (error) {
      this.#signal.throwIfAborted();
      const message = failureOf(error);
      if (cannot.test(message)) this.#unable.add(call);
      else this.note(`${call}: ${message}`);
      return undefined;
    }
  }

  /** Notes what failed. */
  note(problem: string): void {
    this.problems.add(problem.replaceAll(/\s+/g, ' ').trim());
  }
}

/** What went wrong, without the command, which node:child_process begins with. */
function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('killed' in error && error.killed === true && 'code' in error && error.code === null) {
    return `no answer within ${TIMEOUT_MS} ms`;
  }
  return error.message.replace(/^Command failed: .*\n/, '');
}
