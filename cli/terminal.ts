import type { Readable } from 'node:stream';
import type { LocalText } from '../contract/alert.ts';
import { type Language, pick } from '../contract/language.ts';
import { languageOf } from './language.ts';

/** What a command touches of the world it was started in. Tests bring their own. */
export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** A person reads the output as it comes. */
  readonly isTerminal: boolean;
  readonly colours: boolean;
  /** Width of the help, in columns. */
  readonly columns: number;
  out: (text: string) => void;
  err: (text: string) => void;
}

/** A terminal and the language of the person at it. */
export interface Speaker extends Terminal {
  readonly language: Language;
  /** The text in that language. */
  say: (text: LocalText) => string;
  /** Prints one line to standard output. */
  line: (text: string) => void;
}

/** Finds the language of one invocation. */
export function speakerAt(terminal: Terminal, argv: readonly string[]): Speaker {
  const language = languageOf(argv, terminal.env);
  return {
    ...terminal,
    language,
    say: (text) => pick(language, text),
    line: (text) => terminal.out(`${text}\n`),
  };
}
