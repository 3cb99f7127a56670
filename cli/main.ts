import { runCli } from './program.ts';

/** Runs the command line of this very process and exits with its code. */
export async function main(): Promise<void> {
  // Everything this product writes is its owner's: stores and libraries make files of their own that nobody else can set a mode for.
  process.umask(0o077);
  const { stdin, stdout, stderr, env } = process;
  // A reader that goes away (`campus-edge up | head`) ends the printing, not the product.
  stdout.on('error', ignoreBrokenPipe);
  stderr.on('error', ignoreBrokenPipe);
  const exitCode = await runCli(process.argv.slice(2), {
    env,
    stdin,
    isTerminal: stdout.isTTY === true,
    colours: stdout.isTTY === true && stdout.hasColors(),
    columns: stdout.columns ?? 80,
    out: (text) => stdout.write(text),
    err: (text) => stderr.write(text),
  });
  // Whatever a command left open, a timer or the channel to a supervisor, must not keep it from ending.
  process.exit(exitCode);
}

function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
