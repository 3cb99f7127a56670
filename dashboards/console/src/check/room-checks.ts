import {
  type RoomCheckReport,
  type RoomCheckStep,
  type RoomCheckStepName,
  roomCheckSteps,
} from '../../../../contract/room-check.ts';
import type { Command } from '../api/schema.ts';

export const families = ['ipv4', 'ipv6'] as const;
export type Family = (typeof families)[number];

/** The whole report of a check that has come to its end; undefined for any other. */
export function reportOf({ result }: Pick<Command, 'result'>): RoomCheckReport | undefined {
  return result !== undefined && 'families' in result ? result : undefined;
}

/** What a check has found so far. */
export function stepsOf({ result }: Pick<Command, 'result'>): readonly RoomCheckStep[] {
  return result !== undefined && 'steps' in result ? result.steps : [];
}

/** One step as it is shown while the check runs. */
export interface StepProgress {
  step: RoomCheckStepName;
  state: 'before' | 'running' | 'over';
  results: readonly RoomCheckStep[];
}

/** Every step with what is known of it; those that have been left behind without a result are over as well. */
export function progressOf(command: Pick<Command, 'result'>): StepProgress[] {
  const { result } = command;
  const running = result !== undefined && 'running' in result ? roomCheckSteps.indexOf(result.running) : -1;
  const known = stepsOf(command);
  return roomCheckSteps.map((step, index) => ({
    step,
    state: index < running ? 'over' : index === running ? 'running' : 'before',
    results: known.filter((one) => one.step === step),
  }));
}

/** One line of the table of figures: what a step found, by family or for both. */
export interface ReportRow {
  step: RoomCheckStepName;
  both: RoomCheckStep | undefined;
  ipv4: RoomCheckStep | undefined;
  ipv6: RoomCheckStep | undefined;
}

/** The steps that have a result, one line each. */
export function rowsOf(steps: readonly RoomCheckStep[]): ReportRow[] {
  const of = (step: RoomCheckStepName, family?: Family): RoomCheckStep | undefined =>
    steps.find((one) => one.step === step && one.family === family);
  return roomCheckSteps
    .map((step) => ({ step, both: of(step), ipv4: of(step, 'ipv4'), ipv6: of(step, 'ipv6') }))
    .filter(({ both, ipv4, ipv6 }) => both !== undefined || ipv4 !== undefined || ipv6 !== undefined);
}

/** What a check is remembered by: what stood in the way first, or else the slower of the paths to the gateway. */
export function worstOf({ obstacles, steps }: RoomCheckReport): RoomCheckStep['found'] | undefined {
  const delayOf = (step: RoomCheckStep): number => step.figures.find(({ name }) => name === 'delay_ms')?.value ?? 0;
  const paths = steps.filter(({ step }) => step === 'gateway').toSorted((one, other) => delayOf(other) - delayOf(one));
  return obstacles[0]?.reason ?? paths[0]?.found;
}

type Tone = 'good' | 'warn' | 'bad' | 'neutral';

export const readyTones = {
  yes: 'good',
  'with-limits': 'warn',
  no: 'bad',
  absent: 'neutral',
} as const satisfies Record<string, Tone>;
export const stateTones = { ok: 'good', limited: 'warn', failed: 'bad', skipped: 'neutral' } as const satisfies Record<
  string,
  Tone
>;
