import { setTimeout as delay } from 'node:timers/promises';
import type { AnsweredCommand } from '../contract/command.ts';
import { CampusError } from '../contract/errors.ts';
import type { Reply } from '../contract/reply.ts';
import type { Logger } from '../runtime/log.ts';

/** Commands that are remembered, so that one which comes twice is carried out once. */
const REMEMBERED = 32;
const DETAIL_MAX_CHARS = 500;
/** The last word of a command is tried for this long: a measurement may have filled the very link it goes by. */
const LAST_WORD_TRIES = 60;
const LAST_WORD_EVERY_MS = 1000;

/** What a command may use while it is carried out. */
export interface CommandContext {
  /** Given when the agent stops, or the command has taken too long. */
  signal: AbortSignal;
  /** Tells how far it is, 0 to 1, and what is known so far. */
  progress: (share: number, result?: Reply['result']) => void;
}

/** A command that the agent knows. */
export interface Executable {
  /** It is given up after this many ms. */
  limitMs: number;
  /** @throws CampusError for what the person who asked is told by its code */
  execute: (context: CommandContext) => Promise<Reply['result']>;
}

export interface CommandRunnerOptions {
  /** The fixed table of what may be carried out. */
  executable: (command: AnsweredCommand) => Executable;
  /** @returns false when it did not reach the gateway */
  publish: (reply: Reply) => Promise<boolean>;
  /** Wall clock, ms. */
  now: () => number;
  log: Logger;
}

/** Carries out what the gateway commands, one command at a time, and answers each: that it runs, how far it is, and what came of it. */
export class CommandRunner {
  readonly #options: CommandRunnerOptions;
  readonly #stopped = new AbortController();
  readonly #taken = new Set<string>();
  #running: string | undefined;

  constructor(options: CommandRunnerOptions) {
    this.#options = options;
  }

  /** Takes a command; what it is too late for, or comes while another runs, is answered with a refusal. */
  take(command: AnsweredCommand): void {
    const { id, expires_at: expiresAt } = command;
    if (this.#taken.has(id)) return;
    this.#remember(id);
    if (this.#options.now() > expiresAt) {
      void this.#answer({ id, state: 'failed', code: 'command_expired', detail: 'it came after its time' });
    } else if (this.#running !== undefined) {
      void this.#answer({
        id,
        state: 'failed',
        code: 'command_busy',
        detail: 'the device carries out another command',
      });
    } else {
      void this.#run(command);
    }
  }

  /** Gives up what runs. */
  stop(): void {
    this.#stopped.abort();
  }

  async #run(command: AnsweredCommand): Promise<void> {
    const { id } = command;
    const { publish, log } = this.#options;
    this.#running = id;
    log.info({ command: command.command, id }, 'a command of the gateway is carried out');
    try {
      const { limitMs, execute } = this.#options.executable(command);
      const late = AbortSignal.timeout(limitMs);
      const progress: CommandContext['progress'] = (share, result) => {
        void publish({ id, state: 'running', progress: share, ...(result === undefined ? {} : { result }) });
      };
      progress(0);
      const result = await execute({ signal: AbortSignal.any([late, this.#stopped.signal]), progress });
      await this.#answer({ id, state: 'done', ...(result === undefined ? {} : { result }) });
    } catch (error) {
      log.warn({ err: error, id }, `the command ${command.command} failed`);
      await this.#answer({ id, state: 'failed', ...failureOf(error) });
    } finally {
      this.#running = undefined;
    }
  }

  async #answer(reply: Reply): Promise<void> {
    for (let tries = 0; tries < LAST_WORD_TRIES && !this.#stopped.signal.aborted; tries++) {
      if (await this.#options.publish(reply)) return;
      await delay(LAST_WORD_EVERY_MS, undefined, { ref: false });
    }
    this.#options.log.warn({ id: reply.id }, 'the answer to a command did not reach the gateway');
  }

  #remember(id: string): void {
    this.#taken.add(id);
    const [oldest] = this.#taken;
    if (this.#taken.size > REMEMBERED && oldest !== undefined) this.#taken.delete(oldest);
  }
}

function failureOf(error: unknown): Required<Pick<Reply, 'code' | 'detail'>> {
  const detail = (error instanceof Error ? error.message : String(error)).slice(0, DETAIL_MAX_CHARS);
  if (error instanceof CampusError) return { code: error.code, detail };
  if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')) {
    return { code: 'measurement_failed', detail: 'not done in the time that it may take' };
  }
  return { code: 'internal', detail };
}
