import { Readable } from 'node:stream';
import { runCli } from '../../cli/program.ts';

export interface Outcome {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs one command line in this process, as if typed where no terminal is, and returns what a caller sees of it. */
export async function campusEdge(
  argv: readonly string[],
  options: { env?: NodeJS.ProcessEnv; stdin?: string } = {},
): Promise<Outcome> {
  const printed = { stdout: '', stderr: '' };
  const exitCode = await runCli(argv, {
    env: options.env ?? {},
    stdin: Readable.from(options.stdin === undefined ? [] : [options.stdin]),
    isTerminal: false,
    colours: false,
    columns: 80,
    out: (text) => {
      printed.stdout += text;
    },
    err: (text) => {
      printed.stderr += text;
    },
  });
  return { exitCode, ...printed };
}
