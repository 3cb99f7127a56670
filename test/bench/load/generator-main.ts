import { type GeneratorOptions, type GeneratorOutcome, LoadGenerator } from './generator.ts';

/** A generator's process: asked over IPC to connect and to run, it tells how far it is and, at the end, what was acknowledged. */

export type ToGenerator = { kind: 'connect'; options: GeneratorOptions } | { kind: 'run' };

export type FromGenerator =
  | { kind: 'connecting'; connected: number }
  | { kind: 'connected' }
  | { kind: 'running'; sent: number; acknowledged: number }
  | { kind: 'done'; outcome: GeneratorOutcome };

const PROGRESS_MS = 500;

const tell = (message: FromGenerator): void => {
  process.send?.(message);
};
let generator: LoadGenerator | undefined;

process.on('message', (message: ToGenerator) => void (message.kind === 'connect' ? connect(message.options) : run()));
// Whoever measured is gone: nobody wants the load any more.
process.on('disconnect', () => process.exit(0));

async function connect(options: GeneratorOptions): Promise<void> {
  generator = new LoadGenerator(options);
  await generator.connect((connected) => {
    if (connected % 100 === 0) tell({ kind: 'connecting', connected });
  });
  tell({ kind: 'connected' });
}

async function run(): Promise<void> {
  const current = generator;
  if (current === undefined) throw new Error('asked to run before connecting');
  const telling = setInterval(() => tell({ kind: 'running', ...current.progress }), PROGRESS_MS);
  const outcome = await current.run();
  clearInterval(telling);
  tell({ kind: 'done', outcome });
}
