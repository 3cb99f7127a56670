import { type FinalResult, isBareUnsolicited, parseFinalResult, prefixOf } from './result.ts';

/** A line of an answer, numbered from 1 in its answer or capture. */
export interface AtLine {
  text: string;
  number: number;
}

/** An answer: the lines that belong to the command, and how it ended. */
export interface AtReply {
  /** Undefined in a capture without echo. */
  command: string | undefined;
  lines: AtLine[];
  /** Undefined in a capture that ends before the answer does. */
  result: FinalResult | undefined;
}

/** Lines of one answer: no list of cells or operators comes near. */
const REPLY_MAX_LINES = 512;

/** What became of a line: part of the answer, its end, an echo, or something the modem said by itself. */
export type Heard = 'information' | 'end' | 'echo' | 'unsolicited';

/**
 * One command and its answer, line by line. Between the two a modem may say anything by itself (unsolicited result codes); what has
 * another prefix than the command is told apart.
 */
export class AtExchange {
  readonly command: string;
  readonly lines: AtLine[] = [];
  #result: FinalResult | undefined;
  #prefixed = false;
  readonly #prefixes: ReadonlySet<string>;
  readonly #needsInformation: boolean;

  /** @param needsInformation an OK without a line before it is the end of an earlier answer that came late, and is passed over */
  constructor(command: string, { needsInformation = false }: { needsInformation?: boolean } = {}) {
    this.command = command;
    this.#prefixes = expectedPrefixes(command);
    this.#needsInformation = needsInformation;
  }

  get result(): FinalResult | undefined {
    return this.#result;
  }

  accept(text: string): Heard {
    if (text.toUpperCase() === this.command.toUpperCase()) return 'echo';
    const result = parseFinalResult(text);
    if (result !== undefined) {
      if (result.ok && this.#needsInformation && this.lines.length === 0) return 'unsolicited';
      this.#result = result;
      return 'end';
    }
    if (!this.#belongs(text) || this.lines.length >= REPLY_MAX_LINES) return 'unsolicited';
    this.lines.push({ text, number: this.lines.length + 1 });
    return 'information';
  }

  /** Lines without a prefix belong to commands that answer so (ATI), or follow one that had it (+GTCCINFO). */
  #belongs(text: string): boolean {
    const prefix = prefixOf(text);
    if (prefix !== undefined) {
      const own = this.#prefixes.has(prefix);
      this.#prefixed ||= own;
      return own;
    }
    return !isBareUnsolicited(text) && (this.#prefixed || answersBare(this.command));
  }
}

/** Commands that identify the modem answer with bare text (3GPP TS 27.007 §5.1 to §5.3, V.250 §6.1.3). */
export function answersBare(command: string): boolean {
  return /^AT(I\d?|\+CG?M[IMR]|\+GM[IMR])$/i.test(command);
}

/** The prefixes of the answers to a command line: +CEREG and +C5GREG of `AT+CEREG?;+C5GREG?`. */
function expectedPrefixes(command: string): ReadonlySet<string> {
  const names = command
    .slice(2)
    .split(';')
    .flatMap((part) => /^[+^*%$#!&_@][A-Z0-9]+/i.exec(part.trim())?.[0] ?? []);
  return new Set(names.map((name) => name.toUpperCase()));
}
