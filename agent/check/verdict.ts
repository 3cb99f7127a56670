import type { LocalText } from '../../contract/alert.ts';
import type { PathFamily } from '../../contract/measurements/path.ts';
import { families, joined, type Obstacle, type Readiness, type StepResult, text } from './step.ts';

export interface Verdict {
  ready: Readiness;
  /** Why it is not `yes`. */
  obstacles: Obstacle[];
}

export interface Verdicts {
  overall: Verdict;
  /** `absent`: the room has no address of this family. That alone keeps no lesson from being held over the other. */
  families: Record<PathFamily, Verdict | 'absent'>;
}

/**
 * What the steps together mean. A family is as ready as its worst step. So is the room, over the families that it has; but where one of two families
 * fails and the other does not, a lesson can be held with limits: programs try both.
 */
export function judge(results: readonly StepResult[], present: readonly PathFamily[]): Verdicts {
  const counted = results.filter((result) => counts(result, results));
  const of = (family: PathFamily): Verdict =>
    worst(counted.filter((one) => one.family === undefined || one.family === family));
  const judged = Object.fromEntries(
    families.map((family) => [family, present.includes(family) ? of(family) : 'absent']),
  );
  return { overall: overallOf(counted, present, of), families: judged as Verdicts['families'] };
}

function overallOf(
  counted: readonly StepResult[],
  present: readonly PathFamily[],
  of: (family: PathFamily) => Verdict,
): Verdict {
  if (present.length === 0) return worst(counted);
  const relevant = counted.filter(({ family }) => family === undefined || present.includes(family));
  const all = worst(relevant);
  const isSomeUsable = present.some((family) => of(family).ready !== 'no');
  return all.ready === 'no' && isSomeUsable ? { ready: 'with-limits', obstacles: obstaclesOf(relevant) } : all;
}

/** What the first hop says is of no interest once packets have been seen to go beyond it. */
function counts({ step, family }: StepResult, results: readonly StepResult[]): boolean {
  if (step !== 'first-hop') return true;
  return !results.some((one) => one.family === family && isBeyond(one) && one.state === 'ok');
}

function isBeyond({ step }: StepResult): boolean {
  return step === 'gateway' || step === 'portal';
}

/** The worst that any result allows, and what stands in the way of more than that. */
function worst(results: readonly StepResult[]): Verdict {
  const ready = (['no', 'with-limits'] as const).find((one) => results.some(({ allows }) => allows === one)) ?? 'yes';
  return { ready, obstacles: obstaclesOf(results.filter(({ allows }) => allows === ready)) };
}

/** What stands in the way of a good lesson, each once. */
function obstaclesOf(results: readonly StepResult[]): Obstacle[] {
  const all = results.filter(({ allows }) => allows !== 'yes').flatMap(({ obstacles }) => obstacles);
  return all.filter(({ reason }, place) => all.findIndex((one) => one.reason.en === reason.en) === place);
}

const answers: Readonly<Record<Readiness, LocalText>> = {
  yes: { en: 'yes', 'zh-CN': '是' },
  'with-limits': { en: 'with limits', 'zh-CN': '有限制' },
  no: { en: 'no', 'zh-CN': '否' },
};

/** The verdict in a sentence: `no, because …; try …`. */
export function verdictInWords({ ready, obstacles }: Verdict): LocalText {
  const answer = answers[ready];
  if (obstacles.length === 0) return answer;
  const reasons = joined(
    obstacles.map(({ reason }) => reason),
    text('; and ', '；'),
  );
  const hints = obstacles.map(({ hint }) => hint);
  const distinct = hints.filter(({ en }, place) => hints.findIndex((one) => one.en === en) === place);
  const tries = joined(distinct, text('; or ', '；'));
  return text(
    `${answer.en}, because ${reasons.en}. Try ${tries.en}.`,
    `${answer['zh-CN']}，因为${reasons['zh-CN']}。请尝试：${tries['zh-CN']}。`,
  );
}
