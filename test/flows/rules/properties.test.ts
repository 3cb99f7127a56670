import { describe, expect, it } from 'vitest';
import { baselineKind, parseBaselineNode } from '../../../flows/rules/baseline.ts';
import { changeKind, parseChangeNode } from '../../../flows/rules/change-of-state.ts';
import type { Condition } from '../../../flows/rules/condition.ts';
import { flappingKind, parseFlappingNode } from '../../../flows/rules/flapping.ts';
import { forecastKind, parseForecastNode } from '../../../flows/rules/forecast.ts';
import { type Facts, type PointInput, type PointKind, stepPoint } from '../../../flows/rules/point-kind.ts';
import { parseRateNode, rateKind } from '../../../flows/rules/rate-of-change.ts';
import { thresholdKind } from '../../../flows/rules/threshold.ts';
import { parseThresholdNode } from '../../../flows/rules/threshold-settings.ts';
import { integerBetween, type Random, seededRandom } from '../../support/random.ts';
import { at, node } from './kind-trial.ts';

/** Runs of one property, each with a seed of its own that the test's name tells. */
const seeds = Array.from({ length: 40 }, (_, index) => 20_251_201 + index);

type Timed = { input: PointInput; seconds: number };

/** A day of a value that is calm, wild, away, and closed by people now and then. */
function story(random: Random): Timed[] {
  const timed: Timed[] = [];
  let level = 5;
  for (let seconds = 0; seconds < 40_000; seconds += integerBetween(random, 5, 90)) {
    const luck = random();
    if (luck < 0.03) level = integerBetween(random, 0, 12);
    if (luck > 0.995) seconds += 2000;
    const kind = luck > 0.6 && luck < 0.7 ? 'tick' : luck > 0.99 ? 'closed' : 'sample';
    const input: PointInput =
      kind === 'sample'
        ? { kind, value: level, time: at(seconds).wall }
        : kind === 'tick'
          ? { kind, reporting: true }
          : { kind };
    timed.push({ input, seconds });
  }
  return timed;
}

/** What a rule asked for, and in which second. */
interface Told {
  action: 'raise' | 'clear';
  seconds: number;
}

/** What a kind asks for, by the second. */
function told<S extends Condition, M, F extends Facts>(
  kind: PointKind<S, M, F>,
  inputs: readonly Timed[],
  copy = false,
): Told[] {
  let state = kind.recalled(undefined);
  return inputs.flatMap(({ input, seconds }) => {
    const result = stepPoint(kind, state, input, at(seconds));
    state = copy ? JSON.parse(JSON.stringify(result.state)) : result.state;
    return result.alerts.map((alert) => ({ ...alert, seconds }));
  });
}

const times = { ...node, for_seconds: 60, clear_for_seconds: 30 };
const kinds = {
  threshold: (inputs: readonly Timed[], copy?: boolean) =>
    told(thresholdKind(parseThresholdNode({ ...times, raise: 8, clear: 6 })), inputs, copy),
  rate: (inputs: readonly Timed[], copy?: boolean) =>
    told(rateKind(parseRateNode({ ...times, raise: 3, clear: 1 })), inputs, copy),
  change: (inputs: readonly Timed[], copy?: boolean) => told(changeKind(parseChangeNode(times)), inputs, copy),
  flapping: (inputs: readonly Timed[], copy?: boolean) =>
    told(flappingKind(parseFlappingNode({ ...times, raise: 2, window_seconds: 3000 })), inputs, copy),
  baseline: (inputs: readonly Timed[], copy?: boolean) =>
    told(baselineKind(parseBaselineNode({ ...times, learn_weeks: 1, raise: 2, clear: 1 })), inputs, copy),
  forecast: (inputs: readonly Timed[], copy?: boolean) =>
    told(forecastKind(parseForecastNode({ ...times, limit: 12, window_seconds: 3600 })), inputs, copy),
};

describe.each(Object.entries(kinds))('a rule of the kind %s', (name, run) => {
  it.each(seeds)('asks the same when samples come twice or late (seed %i)', (seed) => {
    const inputs = story(seededRandom(seed));
    const random = seededRandom(seed + 1);
    const noisy = inputs.flatMap((timed, index): Timed[] => {
      const { input } = timed;
      if (input.kind !== 'sample') return [timed];
      const before = inputs[index - 1]?.input;
      // One that comes late says something else, which must not matter.
      const late = before?.kind === 'sample' && random() < 0.3 ? [{ ...timed, input: { ...before, value: 11 } }] : [];
      return [timed, ...(random() < 0.3 ? [timed] : []), ...late];
    });
    expect(run(noisy)).toEqual(run(inputs));
  });

  it.each(seeds)('has a state of plain data, and raises and clears in turn (seed %i)', (seed) => {
    const inputs = story(seededRandom(seed));
    const alerts = run(inputs);
    expect(run(inputs, true)).toEqual(alerts);
    const closes = new Set(inputs.filter(({ input }) => input.kind === 'closed').map(({ seconds }) => seconds));
    for (const [index, { action, seconds }] of alerts.entries()) {
      const before = alerts[index - 1];
      if (before?.action === action && action === 'raise') {
        expect([...closes].some((close) => close >= before.seconds && close <= seconds)).toBe(true);
      }
      if (action === 'clear') expect(before?.action).toBe('raise');
    }
  });

  it('does ask in these stories', () => {
    const asked = seeds.flatMap((seed) => run(story(seededRandom(seed))));
    if (name !== 'baseline') expect(asked.length).toBeGreaterThan(20);
  });
});
