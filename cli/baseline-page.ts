import { type BaselineReport, clauses, countVerdicts, highRiskPorts, type Result } from '../agent/baseline.ts';
import type { LocalText } from '../contract/alert.ts';
import { type Language, pick } from '../contract/language.ts';
import { escapeHtml, reportPage } from '../runtime/report-page.ts';
import { outcomeTexts } from './outcome-texts.ts';

const styles = `
h3 { font-size: 1rem; margin: 1.2rem 0 0.2rem; }
.failed b { color: var(--bad); } .met b { color: var(--good); } .not-checked b { color: var(--open); }
`;

/** The report as a page of its own, in one language, without anything from elsewhere. @param host the machine's name */
export function baselinePage(report: BaselineReport, { host, language }: { host: string; language: Language }): string {
  const say = (text: LocalText): string => escapeHtml(pick(language, text));
  const counts = countVerdicts(report);
  const total = (['failed', 'not-checked', 'met'] as const)
    .map((outcome) => `${say(outcomeTexts[outcome])}: ${counts[outcome]}`)
    .join(' · ');
  const title = say({ en: 'Baseline self-check', 'zh-CN': '安全基线自查报告' });
  const sections = Object.entries(clauses).map(([clause, name]) => {
    const results = report.results.filter((result) => result.clause === clause);
    return `<section><h2>${say(name)}</h2>${results.map((result) => resultPart(result, say)).join('')}</section>`;
  });
  const body = `<p>${escapeHtml(host)} · ${new Date(report.checkedAt).toISOString()}<br>${total}</p>
${sections.join('\n')}
<footer><p>${say({
    en: 'The subjects are those of GB/T 22239-2019, level 2 and 3, for hosts. The numbers are usual practice and can be changed under agent.baseline in campus-edge.yaml: the standard prescribes none of them.',
    'zh-CN':
      '检查项目依据 GB/T 22239-2019 第二、三级主机条款；其中的数值为惯例，可在 campus-edge.yaml 的 agent.baseline 中调整，标准未作规定。',
  })}</p><p>${say({ en: 'Ports counted as high-risk', 'zh-CN': '视为高危的端口' })}: ${escapeHtml(highRiskPorts.join(', '))}</p></footer>`;
  return reportPage({ language, title, subject: escapeHtml(host), styles, body });
}

function resultPart({ id, requirement, verdicts }: Result, say: (text: LocalText) => string): string {
  const lines = verdicts.map((verdict) => {
    const outcome = `<b>${say(outcomeTexts[verdict.outcome])}</b>`;
    if (verdict.outcome === 'not-checked') return `<li class="not-checked">${outcome}: ${say(verdict.because)}</li>`;
    const remedy = verdict.outcome === 'failed' ? `<code>${escapeHtml(verdict.remedy)}</code>` : '';
    return `<li class="${verdict.outcome}">${outcome}: ${say(verdict.evidence)}${remedy}</li>`;
  });
  return `<h3 id="${escapeHtml(id)}">${say(requirement)}</h3><ul>${lines.join('')}</ul>`;
}
