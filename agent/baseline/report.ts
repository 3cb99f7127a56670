import type { LocalText } from '../../contract/alert.ts';
import { CampusError } from '../../contract/errors.ts';
import { accessChecks } from './access-checks.ts';
import { auditChecks } from './audit-checks.ts';
import { type AddressFamily, type Box, type Check, type Clause, notChecked, type Verdict } from './check.ts';
import { identityChecks } from './identity-checks.ts';
import { intrusionChecks } from './intrusion-checks.ts';
import { timeCheck } from './time-check.ts';

/** Every demand on the box, in the order of the report. */
export const checks: readonly Check[] = [
  ...identityChecks,
  ...accessChecks,
  ...auditChecks,
  ...intrusionChecks,
  timeCheck,
];

/** A demand and what was seen of it. */
export interface Result {
  id: string;
  clause: Clause;
  requirement: LocalText;
  family?: AddressFamily;
  personal: boolean;
  verdicts: Verdict[];
}

export interface BaselineReport {
  /** When the box was looked at, ms. */
  checkedAt: number;
  results: Result[];
}

/** Looks at the box. What may not be read is `not-checked` with the cause; nothing is thrown for it. */
export async function checkBox(box: Box): Promise<BaselineReport> {
  const results: Result[] = [];
  // One after the other: a box of this size has something better to do than to answer quickly.
  for (const check of checks) results.push(await look(check, box));
  return { checkedAt: box.host.now(), results };
}

async function look({ id, clause, requirement, family, personal, look: see }: Check, box: Box): Promise<Result> {
  const known = {
    id,
    clause,
    requirement: requirement(box.config),
    ...(family === undefined ? {} : { family }),
    personal: personal === true,
  };
  try {
    return { ...known, verdicts: await see(box) };
  } catch (error) {
    return { ...known, verdicts: [unreadable(error)] };
  }
}

/** @throws `error` itself when it is neither of the system nor of a parser */
function unreadable(error: unknown): Verdict {
  if (error instanceof CampusError && error.code === 'parse_failed')
    return notChecked(error.message, `无法解析：${error.message}`);
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') {
    return notChecked(
      `${path ?? 'a file'} may be read by root alone: run \`sudo campus-edge baseline\``,
      `${path ?? '文件'} 仅 root 可读：请运行 \`sudo campus-edge baseline\``,
    );
  }
  if (typeof code === 'string') return notChecked(message, `无法读取：${message}`);
  throw error;
}

/** How many verdicts of each kind a report holds. */
export function countVerdicts({ results }: BaselineReport): Record<Verdict['outcome'], number> {
  const counts = { met: 0, failed: 0, 'not-checked': 0 };
  for (const { outcome } of results.flatMap(({ verdicts }) => verdicts)) counts[outcome] += 1;
  return counts;
}
