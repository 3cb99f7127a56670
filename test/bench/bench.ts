import { Cleanup } from './cleanup.ts';
import { type Figures, medians, type Spread, spreadOf } from './figures.ts';
import type { Progress } from './progress.ts';

/** What every measurement is given. */
export interface BenchContext {
  /** Undone when the program ends or is interrupted. */
  cleanup: Cleanup;
  progress: Progress;
}

/** What a benchmark found. */
export interface BenchOutcome {
  ours: Figures;
  peer?: Figures;
  /** Ours divided by the peer's, by figure. */
  ratios?: Record<string, Spread>;
  /** Figures of neither side, such as the machine's own limits. */
  further?: Figures;
  /** Why the exit code is to be 1: an acknowledged sample was lost, answers differ, a device fell silent. */
  failures: string[];
}

/** Runs one measurement; what it started is ended before this resolves. */
export async function alone<T>(context: BenchContext, measure: (context: BenchContext) => Promise<T>): Promise<T> {
  const cleanup = new Cleanup();
  context.cleanup.defer(() => cleanup.run());
  try {
    return await measure({ ...context, cleanup });
  } finally {
    await cleanup.run();
  }
}

/** One round's figures of both sides; `peer` is absent when only ours was measured. */
export interface Round {
  ours: Figures;
  peer?: Figures;
  /** Ours divided by the peer's. */
  ratios?: Record<string, number>;
  further?: Figures;
  failures?: string[];
}

/** Measures several rounds, one after another, and gathers them: medians of the figures, median and range of the ratios. */
export async function inRounds(
  count: number,
  context: BenchContext,
  measure: (context: BenchContext, round: number) => Promise<Round>,
): Promise<BenchOutcome> {
  const rounds: Round[] = [];
  for (let number = 1; number <= count; number++) {
    context.progress.round(`round ${number}/${count}`);
    rounds.push(await alone(context, (inner) => measure(inner, number)));
  }
  context.progress.end();
  const peers = rounds.map(({ peer }) => peer).filter((figures) => figures !== undefined);
  const further = rounds.map((round) => round.further).filter((figures) => figures !== undefined);
  return {
    ours: medians(rounds.map(({ ours }) => ours)),
    ...(peers.length > 0 ? { peer: medians(peers), ratios: spreads(rounds) } : {}),
    ...(further.length > 0 ? { further: medians(further) } : {}),
    failures: rounds.flatMap(({ failures = [] }, index) => failures.map((text) => `round ${index + 1}: ${text}`)),
  };
}

function spreads(rounds: readonly Round[]): Record<string, Spread> {
  const names = Object.keys(rounds[0]?.ratios ?? {});
  return Object.fromEntries(
    names.map((name) => [name, spreadOf(rounds.map(({ ratios }) => ratios?.[name] ?? Number.NaN))]),
  );
}
