import type { ThroughputLeg, ThroughputResult } from '../../../../contract/throughput.ts';
import type { Command } from '../api/schema.ts';
import type { ChartLine } from '../charts/option.ts';
import { lineColour, type Palette } from '../charts/palette.ts';

/** The legs of a measurement in the order in which they are shown. */
export const legNames = ['ipv4-down', 'ipv4-up', 'ipv6-down', 'ipv6-up'] as const;
export type LegName = (typeof legNames)[number];

/** A command that is over is one of history; any other is under way. */
export function isOver({ state }: Pick<Command, 'state'>): boolean {
  return state === 'done' || state === 'failed';
}

/** One leg of a result; undefined when it was not measured. */
export function legOf(result: ThroughputResult | undefined, name: LegName): ThroughputLeg | undefined {
  return result?.legs.find(({ family, direction }) => `${family}-${direction}` === name);
}

/** Puts a command that the stream tells of in its place among those that are known, newest first. */
export function withCommand(known: readonly Command[], command: Command): Command[] {
  const index = known.findIndex(({ id }) => id === command.id);
  return index < 0 ? [command, ...known] : known.with(index, command);
}

/** The lines of the history chart, oldest point first; none for a leg that never had a figure. */
export function historyLines(
  measured: readonly Command[],
  name: (leg: LegName) => string,
  palette: Palette,
): ChartLine[] {
  return legNames.flatMap((leg, index): ChartLine[] => {
    const points = measured.toReversed().flatMap(({ created_at: at, result }): [number, number][] => {
      const figure = legOf(result, leg)?.bits_per_second;
      return figure === undefined ? [] : [[at, figure]];
    });
    if (points.length === 0) return [];
    return [{ name: name(leg), colour: lineColour(palette, index), points, bare: true }];
  });
}
