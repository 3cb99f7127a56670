import type { LocalText } from '../../contract/alert.ts';
import { type RoomCheckReport, type RoomCheckStep, roomCheckBounds } from '../../contract/room-check.ts';
import type { CheckReport } from './check-room.ts';
import type { Obstacle, StepResult } from './step.ts';
import { type Verdict, verdictInWords } from './verdict.ts';

const { textChars, verdictChars, steps, figuresPerStep, obstaclesPerStep, obstaclesPerVerdict } = roomCheckBounds;

/** A report as programs get it, from the command line and from the gateway: one shape, within the bounds of the wire. */
export function reportJson({ startedAt, durationMs, steps: results, overall, families }: CheckReport): RoomCheckReport {
  return {
    started_at: startedAt,
    duration_ms: durationMs,
    ...verdictJson(overall),
    families: { ipv4: familyJson(families.ipv4), ipv6: familyJson(families.ipv6) },
    steps: stepsJson(results),
  };
}

/** The steps of a report, or of a check that still runs. */
export function stepsJson(results: readonly StepResult[]): RoomCheckStep[] {
  return results.slice(0, steps).map(({ found, figures, obstacles, ...result }) => ({
    ...result,
    found: cut(found, textChars),
    figures: figures.slice(0, figuresPerStep),
    obstacles: obstaclesJson(obstacles, obstaclesPerStep),
  }));
}

function familyJson(verdict: Verdict | 'absent'): RoomCheckReport['families']['ipv4'] {
  return verdict === 'absent' ? { ready: 'absent' } : verdictJson(verdict);
}

function verdictJson(verdict: Verdict): Pick<RoomCheckReport, 'ready' | 'obstacles' | 'text'> {
  return {
    ready: verdict.ready,
    obstacles: obstaclesJson(verdict.obstacles, obstaclesPerVerdict),
    text: cut(verdictInWords(verdict), verdictChars),
  };
}

function obstaclesJson(obstacles: readonly Obstacle[], most: number): Obstacle[] {
  return obstacles
    .slice(0, most)
    .map(({ reason, hint }) => ({ reason: cut(reason, textChars), hint: cut(hint, textChars) }));
}

/** Names and addresses make a text long, never its sense: that comes first. */
function cut(text: LocalText, chars: number): LocalText {
  const short = (one: string): string => (one.length <= chars ? one : `${one.slice(0, chars - 1).toWellFormed()}…`);
  return { en: short(text.en), 'zh-CN': short(text['zh-CN']) };
}
