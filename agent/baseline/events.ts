import type { LocalText } from '../../contract/alert.ts';
import type { AgentEvent } from '../events.ts';
import { clauses } from './check.ts';
import type { BaselineReport, Result } from './report.ts';

/** Texts of an event's facts hold so many characters at most. */
const FACT_MAX = 1000;

/** An event for each demand that is not met: 配置合规缺陷 of GB/T 20986-2023, level Ⅳ. */
export function baselineEvents(report: BaselineReport): AgentEvent[] {
  return report.results.flatMap((result) => {
    const failed = result.verdicts.flatMap((verdict) => (verdict.outcome === 'failed' ? [verdict] : []));
    return failed.length === 0 ? [] : [baselineEvent(result, failed)];
  });
}

function baselineEvent(
  { id, clause, requirement, family, personal }: Result,
  failed: readonly { evidence: LocalText; remedy: string }[],
): AgentEvent {
  // The names of accounts are personal data: they stay on the box, where the command shows them.
  const shown = personal
    ? { evidence: `${failed.length}`, remedy: 'campus-edge baseline' }
    : {
        evidence: failed.map(({ evidence }) => evidence.en).join('; '),
        remedy: failed.map(({ remedy }) => remedy).join('\n'),
      };
  return {
    type: `baseline-${id}`,
    class: 'vulnerability',
    sub_class: '配置合规缺陷',
    level: 4,
    summary: {
      en: `Baseline self-check, ${clauses[clause].en.toLowerCase()}: not met: ${requirement.en}`,
      'zh-CN': `基线自查（${clauses[clause]['zh-CN']}）未达到：${requirement['zh-CN']}`,
    },
    facts: {
      clause: clauses[clause]['zh-CN'],
      findings: failed.length,
      evidence: shown.evidence.slice(0, FACT_MAX),
      remedy: shown.remedy.slice(0, FACT_MAX),
      ...(family === undefined ? {} : { family }),
    },
  };
}
