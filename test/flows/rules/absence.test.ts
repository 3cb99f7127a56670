import { describe, expect, it } from 'vitest';
import type { DeviceState } from '../../../contract/state.ts';
import {
  type AbsenceAlert,
  type AbsenceInput,
  type AbsenceState,
  initialAbsence,
  step,
} from '../../../flows/rules/absence.ts';
import type { Moment } from '../../../flows/rules/moment.ts';

const settings = { holdSeconds: 1, timeoutSeconds: 60 };

function at(seconds: number): Moment {
  return { wall: 1_764_000_000_000 + seconds * 1000, steady: 9000 + seconds * 1000 };
}

const online: DeviceState = { online: true, since: 1, boot: 'first-run', version: '0.1.0' };
const offline: DeviceState = { ...online, online: false };
const planned: DeviceState = { ...offline, planned: true };

class Trial {
  state: AbsenceState = initialAbsence;

  give(input: AbsenceInput, seconds: number): readonly AbsenceAlert[] {
    const result = step(Object.freeze({ ...this.state }), input, settings, at(seconds));
    this.state = JSON.parse(JSON.stringify(result.state));
    expect(this.state).toEqual(result.state);
    return result.alerts;
  }

  says(seconds: number, state: DeviceState): string[] {
    return this.give({ kind: 'state', state }, seconds).map(({ action }) => action);
  }

  heard(seconds: number, replayed = false): string[] {
    return this.give({ kind: 'heard', replayed }, seconds).map(({ action }) => action);
  }

  tick(seconds: number): string[] {
    return this.give({ kind: 'tick' }, seconds).map((alert) => (alert.action === 'raise' ? alert.cause : alert.action));
  }
}

describe('a device whose connection breaks', () => {
  it('is missed after the hold, and back as soon as it says so', () => {
    const trial = new Trial();
    trial.says(0, online);
    expect(trial.says(10, offline)).toEqual([]);
    expect(trial.tick(10.9)).toEqual([]);
    expect(trial.give({ kind: 'tick' }, 11)).toEqual([
      { action: 'raise', cause: 'disconnected', heldSeconds: 1, intervalSeconds: undefined },
    ]);
    expect(trial.tick(12)).toEqual([]);
    expect(trial.says(20, { ...online, boot: 'second-run' })).toEqual(['clear']);
  });

  it('is not missed when it is back within the hold', () => {
    const trial = new Trial();
    trial.says(0, online);
    trial.says(10, offline);
    expect(trial.says(10.5, online)).toEqual([]);
    expect(trial.tick(11.5)).toEqual([]);
  });

  it('is not taken to be back for telemetry that was sent before', () => {
    const trial = new Trial();
    trial.says(0, online);
    trial.heard(5);
    trial.says(10, offline);
    expect(trial.heard(10.2)).toEqual([]);
    expect(trial.tick(11)).toEqual(['disconnected']);
    expect(trial.heard(11.5)).toEqual([]);
  });

  it('is taken to be back for fresh telemetry later, and then missed again when that ends', () => {
    const trial = new Trial();
    trial.says(10, offline);
    trial.tick(11);
    expect(trial.heard(15)).toEqual(['clear']);
    expect(trial.tick(60)).toEqual([]);
    expect(trial.tick(76)).toEqual(['silent']);
  });

  it('is not taken to be back for messages kept through an outage', () => {
    const trial = new Trial();
    trial.says(10, offline);
    trial.tick(11);
    expect(trial.heard(20, true)).toEqual([]);
  });

  it('is not missed for the will of an earlier run that comes late', () => {
    const trial = new Trial();
    trial.says(0, { ...online, boot: 'second-run' });
    expect(trial.says(5, offline)).toEqual([]);
    expect(trial.tick(7)).toEqual([]);
  });

  it('keeps the moment when it is told twice', () => {
    const trial = new Trial();
    trial.says(0, offline);
    trial.says(0.9, offline);
    expect(trial.tick(1)).toEqual(['disconnected']);
  });
});

describe('a device that was told to stop', () => {
  it('is not missed, however long', () => {
    const trial = new Trial();
    trial.says(0, online);
    for (let second = 1; second < 10; second += 1) trial.heard(second);
    expect(trial.says(10, planned)).toEqual([]);
    expect(trial.heard(10.1)).toEqual([]);
    expect(trial.tick(86_400)).toEqual([]);
  });

  it('is not missed any longer when it was before', () => {
    const trial = new Trial();
    trial.says(0, online);
    expect(trial.tick(100)).toEqual(['silent']);
    expect(trial.says(110, planned)).toEqual(['clear']);
  });
});

describe('a device that is connected and silent', () => {
  it('is missed after the time-out and cleared by its next sample', () => {
    const trial = new Trial();
    trial.says(0, online);
    trial.heard(5);
    expect(trial.tick(65)).toEqual([]);
    expect(trial.give({ kind: 'tick' }, 66)).toMatchObject([{ cause: 'silent', heldSeconds: 61 }]);
    expect(trial.heard(70, true)).toEqual([]);
    expect(trial.heard(75)).toEqual(['clear']);
  });

  it('is given three times its usual interval when that is longer', () => {
    const trial = new Trial();
    trial.says(0, online);
    for (const second of [0, 50, 100, 150]) trial.heard(second);
    expect(trial.tick(150 + 149)).toEqual([]);
    expect(trial.tick(150 + 151)).toEqual(['silent']);
  });
});

describe('a device that never says whether it is online', () => {
  it('is not missed before it has reported three times', () => {
    const trial = new Trial();
    trial.heard(0);
    trial.heard(10);
    expect(trial.tick(100_000)).toEqual([]);
  });

  it('is missed after five minutes when it reports often', () => {
    const trial = new Trial();
    for (const second of [0, 10, 20]) trial.heard(second);
    expect(trial.tick(320)).toEqual([]);
    expect(trial.give({ kind: 'tick' }, 321)).toMatchObject([
      { cause: 'unheard', heldSeconds: 301, intervalSeconds: 10 },
    ]);
    expect(trial.heard(400)).toEqual(['clear']);
  });

  it('is missed after three times its interval when it reports seldom', () => {
    const trial = new Trial();
    for (const second of [0, 600, 1200]) trial.heard(second);
    expect(trial.tick(1200 + 1799)).toEqual([]);
    expect(trial.tick(1200 + 1801)).toEqual(['unheard']);
  });

  it('is not made suspicious by messages that come in bursts', () => {
    const trial = new Trial();
    for (let burst = 0; burst < 6; burst += 1) {
      for (let message = 0; message < 4; message += 1) trial.heard(burst * 600 + message * 0.01);
    }
    expect(trial.tick(5 * 600 + 1000)).toEqual([]);
  });

  it('is missed as before soon after an outage: that was no interval', () => {
    const trial = new Trial();
    for (const second of [0, 10, 20]) trial.heard(second);
    trial.tick(400);
    expect(trial.heard(200_000)).toEqual(['clear']);
    let last = 200_000;
    for (let report = 1; report <= 30; report += 1) {
      last = 200_000 + report * 10;
      trial.heard(last);
    }
    expect(trial.tick(last + 301)).toEqual(['unheard']);
  });

  it('is missed once and then understood when it is set to report less often', () => {
    const trial = new Trial();
    for (const second of [0, 10, 20]) trial.heard(second);
    const asked: string[] = [];
    for (let second = 21; second < 6020; second += 1) {
      asked.push(...((second - 20) % 600 === 0 ? trial.heard(second) : trial.tick(second)));
    }
    expect(asked).toEqual(['unheard', 'clear']);
  });
});

describe('the start of the process', () => {
  it('misses a device that the broker remembers as offline', () => {
    const trial = new Trial();
    trial.says(0, offline);
    expect(trial.tick(1)).toEqual(['disconnected']);
  });

  it('does not raise what is open, and clears it when the device is there', () => {
    const trial = new Trial();
    trial.give({ kind: 'open' }, 0);
    trial.says(0.1, offline);
    expect(trial.tick(5)).toEqual([]);
    expect(trial.says(6, online)).toEqual(['clear']);
  });

  it('misses a device that the broker remembers as online and that is not there', () => {
    const trial = new Trial();
    trial.says(0, online);
    expect(trial.tick(60)).toEqual([]);
    expect(trial.tick(61)).toEqual(['silent']);
  });
});

it('counts no silence while nothing could be heard', () => {
  const trial = new Trial();
  trial.says(0, online);
  trial.heard(5);
  trial.give({ kind: 'resumed' }, 1000);
  expect(trial.tick(1059)).toEqual([]);
  expect(trial.tick(1061)).toEqual(['silent']);
});
