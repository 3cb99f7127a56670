import { Readable } from 'node:stream';
import type { Command } from 'commander';
import { createProgram, runCli } from '../../../cli/program.ts';
import { speakerAt, type Terminal } from '../../../cli/terminal.ts';

/** The help of every command as it is printed where no terminal says how wide it is. */
export async function cliReference(): Promise<string> {
  const parts: string[] = [];
  for (const path of commandPaths()) {
    parts.push(`## ${['campus-edge', ...path].join(' ')}`, `\`\`\`text\n${await helpOf(path)}\n\`\`\``);
  }
  return parts.join('\n\n');
}

/** The words that lead to each command, from the program itself down. */
export function commandPaths(): string[][] {
  const visit = (command: Command, path: string[]): string[][] => [
    path,
    ...command.commands.flatMap((child) => visit(child, [...path, child.name()])),
  ];
  return visit(
    createProgram(
      speakerAt(
        silentTerminal(() => {}),
        [],
      ),
    ),
    [],
  );
}

/** What `campus-edge PATH --help` prints, in English unless told otherwise. */
export async function helpOf(path: readonly string[], lang = 'en'): Promise<string> {
  let printed = '';
  const terminal = silentTerminal((text) => {
    printed += text;
  });
  await runCli([...path, '--lang', lang, '--help'], terminal);
  return printed.trimEnd();
}

function silentTerminal(out: (text: string) => void): Terminal {
  return { env: {}, stdin: Readable.from([]), isTerminal: false, colours: false, columns: 80, out, err: out };
}
