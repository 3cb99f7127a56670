import type { ThroughputLeg } from '../../../../contract/throughput.ts';
import type { Command } from '../api/schema.ts';
import type { ChartLine } from '../charts/option.ts';
import { lineColour, type Palette } from '../charts/palette.ts';

/** The legs of a measurement in the order in which they are shown. */
export const legNames = ['ipv4-down', 'ipv4-up', 'ipv6-down', 'ipv6-up'] as const;
export type LegName = (typeof legNames)[number];

/** One leg of a result; undefined when it was not measured. */
export function legOf(result: Command['result'], name: LegName): ThroughputLeg | undefined {
  if (result === undefined || !('legs' in result)) return undefined;
  return result.legs.find(({ family, direction }) => `${family}-${direction}` === name);
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
