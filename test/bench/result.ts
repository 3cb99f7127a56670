import { type Static, Type } from '#typebox';
import { Compile } from '#typebox/compile';
import type { BenchOutcome } from './bench.ts';
import type { Spread } from './figures.ts';
import type { Machine } from './machine.ts';

/** Figures by name, in groups; their depth is no concern of a reader, who asks for one by its path. */
const FiguresRead = Type.Record(Type.String(), Type.Unknown());
const Options = Type.Record(Type.String(), Type.Union([Type.Number(), Type.Boolean(), Type.String()]));

/** The last line of `npm run bench -- NAME --json`. */
const BenchResult = Type.Object({
  bench: Type.String(),
  ours: FiguresRead,
  peer: Type.Optional(FiguresRead),
  /** Ours divided by the peer's, the median of the rounds. */
  ratio: Type.Optional(Type.Record(Type.String(), Type.Number())),
  rounds: Type.Integer(),
  /** The lowest and the highest ratio of the rounds. */
  spread: Type.Optional(Type.Record(Type.String(), Type.Tuple([Type.Number(), Type.Number()]))),
  /** What belongs to neither side. */
  further: Type.Optional(FiguresRead),
  /** Why the exit code was 1. */
  failures: Type.Array(Type.String()),
  /** What the figures depend on. */
  options: Options,
  at: Type.String(),
  commit: Type.String(),
  machine: Type.Object({
    cpu: Type.String(),
    cores: Type.Number(),
    memory_gb: Type.Number(),
    kernel: Type.String(),
    disk: Type.String(),
    node: Type.String(),
  }),
});
export type BenchResult = Static<typeof BenchResult>;

const validator = Compile(BenchResult);

export interface ResultContext {
  bench: string;
  rounds: number;
  options: BenchResult['options'];
  machine: Machine;
  commit: string;
  now: Date;
}

export function resultOf({ ours, peer, ratios, further, failures }: BenchOutcome, context: ResultContext): BenchResult {
  const { bench, rounds, options, machine, commit, now } = context;
  return {
    bench,
    ours,
    ...(peer === undefined ? {} : { peer }),
    ...(ratios === undefined ? {} : { ratio: mapValues(ratios, ({ median }) => median) }),
    rounds,
    ...(ratios === undefined ? {} : { spread: mapValues(ratios, ({ low, high }): [number, number] => [low, high]) }),
    ...(further === undefined ? {} : { further }),
    ...{ failures, options, at: now.toISOString(), commit, machine },
  };
}

/**
 * The results in a text: a file that `--json` was written to, with whatever npm says around it, or several of them.
 * @throws Error when a line is JSON and no result
 */
export function parseResults(text: string): BenchResult[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => {
      const value: unknown = JSON.parse(line);
      if (!validator.Check(value)) throw new Error(`expected a result of a benchmark, got ${line.slice(0, 120)}`);
      return value;
    });
}

/** The figure at a path such as `loaded.rss_mb`; undefined where there is none. */
export function figureAt(figures: object | undefined, path: string): number | undefined {
  const found = path
    .split('.')
    .reduce<unknown>(
      (at, name) =>
        typeof at === 'object' && at !== null && Object.hasOwn(at, name) ? Reflect.get(at, name) : undefined,
      figures,
    );
  return typeof found === 'number' ? found : undefined;
}

function mapValues<T>(spreads: Record<string, Spread>, map: (spread: Spread) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(spreads).map(([name, spread]) => [name, map(spread)]));
}
