import { setTimeout as delay } from 'node:timers/promises';
import { CampusError } from '../../../../contract/errors.ts';
import type { Host, SerialLine } from '../../../host/host.ts';
import { AtExchange, type AtReply } from './exchange.ts';
import { LineSplitter } from './lines.ts';

/** What modems on UARTs of boards use when nobody set another (V.250 §6.2.10 lets them find it out); on USB it has no meaning. */
const BAUD_RATE = 115_200;
/** A modem that is quiet for this long has ended whatever it was saying. */
const QUIET_MS = 200;

export interface AskOptions {
  timeoutMs: number;
  signal: AbortSignal;
  /** An OK without any line before it ends an answer of before, and is passed over. */
  needsInformation?: boolean;
}

/**
 * A dialogue with a modem over one port: one command at a time, the next one when the answer has ended. After a command without an answer nothing
 * more can be asked, for what comes next could be the late answer to it.
 */
export class AtSession {
  readonly #path: string;
  readonly #splitter = new LineSplitter();
  #line: SerialLine | undefined;
  #pending: { exchange: AtExchange; end: () => void; fail: (error: Error) => void } | undefined;
  #failure: Error | undefined;
  #heardAt = 0;
  readonly #now: () => number;

  private constructor(path: string, now: () => number) {
    this.#path = path;
    this.#now = now;
  }

  /**
   * Opens the port, which nobody else uses then.
   * @returns undefined when there is no such port
   * @throws CampusError `serial_forbidden`, `serial_busy`, `serial_failed`
   */
  static async open(host: Host, path: string): Promise<AtSession | undefined> {
    const session = new AtSession(path, host.monotonicMs);
    session.#line = await host.openSerial(path, {
      baudRate: BAUD_RATE,
      onText: (text) => session.#hear(text),
      onEnd: (error) => session.#end(error),
    });
    return session.#line === undefined ? undefined : session;
  }

  /**
   * Sends a command and waits for its answer.
   * @throws CampusError `modem_silent` when none comes in time, `serial_failed` when the port fails
   */
  async ask(command: string, { timeoutMs, signal, needsInformation = false }: AskOptions): Promise<AtReply> {
    if (this.#pending !== undefined) throw new Error(`${this.#path}: a command is under way`);
    if (this.#failure !== undefined) throw this.#failure;
    const exchange = new AtExchange(command, { needsInformation });
    const answered = new Promise<void>((resolve, reject) => {
      this.#pending = { exchange, end: resolve, fail: reject };
    });
    const timer = setTimeout(() => this.#end(this.#silence(command, timeoutMs)), timeoutMs);
    const abort = (): void => this.#end(this.#silence(command, timeoutMs));
    signal.addEventListener('abort', abort, { once: true });
    try {
      await Promise.all([answered, this.#line?.write(`${command}\r`)]);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      this.#pending = undefined;
    }
    return { command, lines: exchange.lines, result: exchange.result };
  }

  /** Waits until the modem says nothing more of itself. */
  async untilQuiet(signal: AbortSignal): Promise<void> {
    const since = this.#now();
    for (let quiet = 0; quiet < QUIET_MS; quiet = this.#now() - Math.max(this.#heardAt, since)) {
      await delay(QUIET_MS - quiet, undefined, { signal });
    }
  }

  async close(): Promise<void> {
    this.#failure ??= new CampusError('serial_failed', `${this.#path}: the port is closed`);
    await this.#line?.close();
  }

  #hear(text: string): void {
    this.#heardAt = this.#now();
    for (const line of this.#splitter.push(text)) {
      if (this.#pending?.exchange.accept(line) === 'end') this.#pending.end();
    }
  }

  #end(error: Error): void {
    this.#failure ??= error;
    this.#pending?.fail(error);
  }

  #silence(command: string, timeoutMs: number): CampusError {
    return new CampusError('modem_silent', `${this.#path}: no answer to ${command} within ${Math.round(timeoutMs)} ms`);
  }
}
