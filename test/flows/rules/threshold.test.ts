import { describe, expect, it } from 'vitest';
import { MAX_AGE_MS, VANISHED_MS } from '../../../flows/rules/condition.ts';
import type { Moment } from '../../../flows/rules/moment.ts';
import type { PointAlert, PointInput } from '../../../flows/rules/point-kind.ts';
import {
  type Crossing,
  initialThreshold,
  step,
  type ThresholdSettings,
  type ThresholdState,
} from '../../../flows/rules/threshold.ts';

const WALL = 1_764_000_000_000;

const above: ThresholdSettings = {
  direction: 'above',
  raise: 90,
  clear: 85,
  forSeconds: 60,
  clearForSeconds: 0,
  armAt: [],
};
const atOnce: ThresholdSettings = { ...above, forSeconds: 0 };
const armed: ThresholdSettings = { ...above, direction: 'below', raise: 0, clear: 0, forSeconds: 15, armAt: [2, 3] };

/** Seconds of both clocks, the wall clock `ahead` seconds of what it should be. */
function at(seconds: number, ahead = 0): Moment {
  return { wall: WALL + (seconds + ahead) * 1000, steady: 5000 + seconds * 1000 };
}

/** Gives inputs to the rule one after another and tells what it asked for, with the second in which it did. */
class Trial {
  state: ThresholdState;
  readonly #settings: ThresholdSettings;

  constructor(settings: ThresholdSettings, state = initialThreshold(null)) {
    this.#settings = settings;
    this.state = state;
  }

  give(input: PointInput, now: Moment): readonly PointAlert<Crossing>[] {
    const frozen = Object.freeze({ ...this.state });
    const result = step(frozen, input, this.#settings, now);
    // A state must survive being written down.
    this.state = JSON.parse(JSON.stringify(result.state));
    expect(this.state).toEqual(result.state);
    return result.alerts;
  }

  sample(seconds: number, value: number, time = at(seconds).wall): string[] {
    return this.give({ kind: 'sample', value, time }, at(seconds)).map(({ action }) => action);
  }

  tick(seconds: number, reporting = true): string[] {
    return this.give({ kind: 'tick', reporting }, at(seconds)).map(({ action }) => action);
  }
}

describe('raising', () => {
  it('raises at once when no duration is asked for, and says what and how much', () => {
    const trial = new Trial(atOnce);
    expect(trial.give({ kind: 'sample', value: 93.5, time: WALL }, at(0))).toEqual([
      { action: 'raise', value: 93.5, threshold: 90, heldSeconds: 0 },
    ]);
  });

  it('raises once and not with every sample', () => {
    const trial = new Trial(atOnce);
    expect(trial.sample(0, 95)).toEqual(['raise']);
    expect(trial.sample(10, 99)).toEqual([]);
    expect(trial.tick(11)).toEqual([]);
  });

  it('does not raise at the limit itself', () => {
    expect(new Trial(atOnce).sample(0, 90)).toEqual([]);
  });

  it('waits for exactly the duration, and the clock alone is enough', () => {
    const trial = new Trial(above);
    expect(trial.sample(0, 95)).toEqual([]);
    for (const second of [10, 20, 30, 40, 50]) expect(trial.sample(second, 95)).toEqual([]);
    expect(trial.tick(59)).toEqual([]);
    expect(trial.give({ kind: 'tick', reporting: true }, at(60))).toEqual([
      { action: 'raise', value: 95, threshold: 90, heldSeconds: 60 },
    ]);
  });

  it('starts the duration anew when the value falls back in between', () => {
    const trial = new Trial(above);
    trial.sample(0, 95);
    trial.sample(50, 88);
    trial.sample(55, 95);
    expect(trial.tick(70)).toEqual([]);
    expect(trial.tick(114)).toEqual([]);
    expect(trial.tick(115)).toEqual(['raise']);
  });

  it('never raises for a value that flaps faster than the duration', () => {
    const trial = new Trial(above);
    const asked: string[] = [];
    for (let second = 0; second < 600; second += 5) {
      asked.push(...trial.sample(second, second % 10 === 0 ? 99 : 80), ...trial.tick(second + 1));
    }
    expect(asked).toEqual([]);
  });

  it('watches for too little as well as for too much', () => {
    const trial = new Trial({ ...atOnce, direction: 'below', raise: 10, clear: 20 });
    expect(trial.sample(0, 10)).toEqual([]);
    expect(trial.sample(1, 9)).toEqual(['raise']);
    expect(trial.sample(2, 15)).toEqual([]);
    expect(trial.sample(3, 21)).toEqual(['clear']);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('does not change for %s', (value) => {
    const trial = new Trial(atOnce);
    trial.sample(0, 50);
    const before = trial.state;
    expect(trial.sample(1, value)).toEqual([]);
    expect(trial.state).toEqual(before);
  });
});

describe('clearing', () => {
  it('keeps an alert between the two limits and clears it below the lower', () => {
    const trial = new Trial(atOnce);
    trial.sample(0, 95);
    expect(trial.sample(10, 86)).toEqual([]);
    expect(trial.sample(20, 85)).toEqual([]);
    expect(trial.give({ kind: 'sample', value: 84, time: at(30).wall }, at(30))).toEqual([
      { action: 'clear', value: 84, threshold: 90 },
    ]);
  });

  it('does not raise again between the two limits', () => {
    const trial = new Trial(atOnce);
    trial.sample(0, 95);
    trial.sample(10, 80);
    expect(trial.sample(20, 89)).toEqual([]);
    expect(trial.sample(30, 91)).toEqual(['raise']);
  });

  it('waits until all has been well for the asked duration', () => {
    const trial = new Trial({ ...atOnce, clearForSeconds: 30 });
    trial.sample(0, 95);
    expect(trial.sample(10, 50)).toEqual([]);
    expect(trial.sample(20, 87)).toEqual([]);
    expect(trial.sample(25, 50)).toEqual([]);
    expect(trial.tick(54)).toEqual([]);
    expect(trial.tick(55)).toEqual(['clear']);
  });

  it('clears when the device goes on reporting without the value: the cable is out, the disk is gone', () => {
    const trial = new Trial(atOnce);
    trial.sample(0, 95);
    expect(trial.tick(VANISHED_MS / 1000 - 1)).toEqual([]);
    expect(trial.give({ kind: 'tick', reporting: true }, at(VANISHED_MS / 1000))).toEqual([
      { action: 'clear', value: undefined, threshold: 90 },
    ]);
  });

  it('keeps the alert of a device that reports nothing at all: that is for another rule', () => {
    const trial = new Trial(atOnce);
    trial.sample(0, 95);
    expect(trial.tick(VANISHED_MS / 1000 + 3600, false)).toEqual([]);
    expect(trial.state.open).toBe(true);
  });
});

describe('samples that say nothing about the present', () => {
  it('ignores one that is older than the newest', () => {
    const trial = new Trial(atOnce);
    trial.sample(10, 50);
    expect(trial.sample(11, 99, at(9).wall)).toEqual([]);
    expect(trial.sample(12, 99, at(10).wall)).toEqual(['raise']);
  });

  it('ignores one that is older than two minutes, for raising and for clearing', () => {
    const trial = new Trial(atOnce);
    expect(trial.sample(0, 99, WALL - MAX_AGE_MS - 1)).toEqual([]);
    expect(trial.sample(0, 99, WALL - MAX_AGE_MS)).toEqual(['raise']);
    expect(trial.sample(300, 10, at(300).wall - MAX_AGE_MS - 1)).toEqual([]);
  });

  it('does not raise on the memory of a value when the device has fallen silent', () => {
    const trial = new Trial({ ...above, forSeconds: 300 });
    trial.sample(0, 95);
    trial.sample(100, 95);
    expect(trial.tick(300, false)).toEqual([]);
    expect(trial.tick(3600, false)).toEqual([]);
  });

  it('does not count a gap in the samples as time in which the condition held', () => {
    const trial = new Trial(above);
    trial.sample(0, 95);
    expect(trial.sample(600, 95)).toEqual([]);
    expect(trial.tick(659)).toEqual([]);
    expect(trial.tick(660)).toEqual(['raise']);
  });
});

describe('clocks', () => {
  it('does not take a step of the wall clock for time gone by', () => {
    const trial = new Trial(above);
    trial.sample(0, 95);
    const stepped = at(10, 3600);
    expect(trial.give({ kind: 'sample', value: 95, time: stepped.wall }, stepped)).toEqual([]);
    expect(trial.give({ kind: 'tick', reporting: true }, at(59, 3600))).toEqual([]);
    expect(trial.give({ kind: 'tick', reporting: true }, at(60, 3600))).toHaveLength(1);
  });

  it('goes on at once after the wall clock was set back', () => {
    const trial = new Trial(atOnce);
    trial.sample(0, 50);
    const back = at(10, -3600);
    expect(trial.give({ kind: 'sample', value: 99, time: back.wall }, back)).toHaveLength(1);
  });

  it('goes on at once after the clock of a device that was ahead is set right', () => {
    const trial = new Trial(atOnce);
    expect(trial.sample(0, 50, WALL + 300_000)).toEqual([]);
    expect(trial.sample(10, 99, at(10).wall)).toEqual(['raise']);
  });
});

describe('alerts that the gateway has open already', () => {
  it('does not raise one again, and clears it when all is well', () => {
    const trial = new Trial(atOnce);
    trial.give({ kind: 'open', threshold: 90 }, at(0));
    expect(trial.sample(1, 99)).toEqual([]);
    expect(trial.sample(2, 88)).toEqual([]);
    expect(trial.sample(3, 50)).toEqual(['clear']);
  });

  it('clears one whose value never comes back although the device reports', () => {
    const trial = new Trial(atOnce);
    trial.give({ kind: 'open', threshold: 90 }, at(0));
    expect(trial.tick(VANISHED_MS / 1000)).toEqual(['clear']);
  });

  it('raises again when the gateway has it no longer and the condition still holds, after the full duration', () => {
    const trial = new Trial(above);
    trial.sample(0, 95);
    trial.tick(60);
    trial.sample(65, 95);
    trial.give({ kind: 'gone' }, at(70));
    expect(trial.tick(129)).toEqual([]);
    expect(trial.tick(130)).toEqual(['raise']);
  });
});

describe('armed levels', () => {
  it('never misses what was never there', () => {
    const trial = new Trial(armed);
    for (let second = 0; second < 100; second += 10)
      expect(trial.sample(second, second % 20 === 0 ? 0 : 1)).toEqual([]);
    expect(trial.tick(101)).toEqual([]);
    expect(trial.state.armed).toBeNull();
  });

  it('arms at the level that was reached and misses it below', () => {
    const trial = new Trial(armed);
    trial.sample(0, 2);
    trial.sample(5, 1);
    expect(trial.tick(19)).toEqual([]);
    expect(trial.give({ kind: 'tick', reporting: true }, at(20))).toEqual([
      { action: 'raise', value: 1, threshold: 2, heldSeconds: 15 },
    ]);
    expect(trial.sample(30, 2)).toEqual(['clear']);
  });

  it('remembers the highest level: who had a route misses it with an address alone', () => {
    const trial = new Trial(armed);
    for (const [second, value] of [
      [0, 2],
      [5, 4],
      [10, 3],
    ] as const)
      trial.sample(second, value);
    expect(trial.state.armed).toBe(3);
    trial.sample(20, 2);
    expect(trial.tick(35)).toEqual(['raise']);
    expect(trial.sample(40, 2)).toEqual([]);
    expect(trial.sample(50, 4)).toEqual(['clear']);
  });

  it('does not miss a level above the arming ones', () => {
    const trial = new Trial(armed);
    trial.sample(0, 4);
    trial.sample(10, 3);
    expect(trial.tick(60)).toEqual([]);
  });

  it('misses what it was told of an earlier run', () => {
    const trial = new Trial(armed, initialThreshold(3));
    trial.sample(0, 0);
    expect(trial.tick(15)).toEqual(['raise']);
  });

  it('learns the level from an open alert when its own memory is lost', () => {
    const trial = new Trial(armed);
    trial.give({ kind: 'open', threshold: 3 }, at(0));
    expect(trial.sample(1, 2)).toEqual([]);
    expect(trial.sample(2, 3)).toEqual(['clear']);
  });
});

it('leaves its arguments as they are and gives the same result for them again', () => {
  const state = Object.freeze(initialThreshold(null));
  const settings = Object.freeze({ ...atOnce, armAt: Object.freeze([]) });
  const input = Object.freeze({ kind: 'sample', value: 95, time: WALL } as const);
  expect(step(state, input, settings, at(0))).toEqual(step(state, input, settings, at(0)));
});
