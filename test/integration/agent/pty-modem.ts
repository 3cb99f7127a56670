import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, constants, existsSync, openSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { until } from '../../support/until.ts';

export interface PtyModemOptions {
  /** What it answers to a command; ERROR to all others. */
  answers: ReadonlyMap<string, string>;
  /** Repeats each command until ATE0, as modems do. */
  echo?: boolean;
  /** Goes on repeating: some firmware does not know ATE0. */
  stubborn?: boolean;
  /** Milliseconds before each answer. */
  delayMs?: number;
  /** Says something by itself between the lines of each answer. */
  interjection?: string;
  /** Takes commands and never answers. */
  silent?: boolean;
}

/** A modem on a pseudo terminal, which a program opens like the port of a real one. */
export class PtyModem {
  /** The port's device file: a link to the terminal's other end. */
  readonly path: string;
  /** Every command it got, in order. */
  readonly commands: string[] = [];
  /** The most commands that were waiting for an answer at once. */
  greatestPending = 0;
  #pending = 0;
  #options: PtyModemOptions;
  #echo: boolean;
  #typed = '';
  readonly #child: ChildProcess;
  readonly #held: number;

  private constructor(path: string, child: ChildProcess, options: PtyModemOptions) {
    this.path = path;
    this.#child = child;
    this.#options = options;
    this.#echo = options.echo ?? true;
    // While nobody holds its end open, the terminal would end with the first program that closes it.
    this.#held = openSync(path, constants.O_RDWR | constants.O_NOCTTY);
    child.stdout?.on('data', (bytes: Buffer) => this.#hear(bytes.toString('latin1')));
  }

  /** @param path where a link to the terminal shall stand */
  static async plugIn(path: string, options: PtyModemOptions): Promise<PtyModem> {
    const child = spawn('socat', [`PTY,link=${path},rawer`, 'STDIO'], { stdio: ['pipe', 'pipe', 'inherit'] });
    await until(`the terminal at ${path}`, () => existsSync(path));
    const modem = new PtyModem(path, child, options);
    onTestFinished(() => modem.unplug());
    return modem;
  }

  /** Pulls it out: who reads from it then gets an error. */
  async unplug(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await exited;
    closeSync(this.#held);
    rmSync(this.path, { force: true });
  }

  /** From now on it behaves otherwise. */
  become(options: Partial<PtyModemOptions>): void {
    this.#options = { ...this.#options, ...options };
  }

  say(text: string): void {
    this.#child.stdin?.write(text, 'latin1');
  }

  #hear(text: string): void {
    for (const character of text) {
      if (character !== '\r') {
        this.#typed += character;
        continue;
      }
      const command = this.#typed;
      this.#typed = '';
      void this.#answer(command);
    }
  }

  async #answer(command: string): Promise<void> {
    this.commands.push(command);
    this.#pending += 1;
    this.greatestPending = Math.max(this.greatestPending, this.#pending);
    const { delayMs = 0, silent, stubborn, interjection } = this.#options;
    // The echo ends as the command did, with a carriage return, before the answer begins with its own line end.
    if (this.#echo) this.say(`${command}\r`);
    if (command === 'ATE0V1' && stubborn !== true) this.#echo = false;
    if (silent === true) return;
    if (delayMs > 0) await delay(delayMs);
    const lines = answerOf(command, this.#options.answers).split('\n');
    const own = interjection === undefined ? '' : `\r\n${interjection}\r\n`;
    this.#pending -= 1;
    this.say(lines.map((line) => `${own}\r\n${line}\r\n`).join(''));
  }
}

/** Commands about the dialogue itself, which every modem knows. */
const settings = new Set(['ATE0V1', 'AT+CMEE=1', 'AT+CEREG=2', 'AT+C5GREG=2']);

function answerOf(command: string, answers: ReadonlyMap<string, string>): string {
  const answer = answers.get(command);
  if (answer !== undefined) return answer;
  if (command === 'AT+CMEE?') return '+CMEE: 1\nOK';
  return settings.has(command) ? 'OK' : '+CME ERROR: 4';
}

/** The answers of a captured dialogue with echo, by command. */
export function answersIn(dialogue: string): Map<string, string> {
  const parts = dialogue.split(/^(?=AT)/m).filter((part) => part !== '');
  return new Map(
    parts.map((part) => {
      const [command = '', ...lines] = part.split('\n');
      return [command, lines.filter((line) => line !== '').join('\n')];
    }),
  );
}
