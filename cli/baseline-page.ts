import { type BaselineReport, clauses, countVerdicts, highRiskPorts, type Result } from '../agent/baseline.ts';
import type { LocalText } from '../contract/alert.ts';
import { type Language, pick } from './language.ts';
import { outcomeTexts } from './outcome-texts.ts';

const styles = `
:root { color-scheme: light dark; --line: #8885; --bad: #c62828; --good: #2e7d32; --open: #8a6d00; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; --good: #81c784; --open: #ffd54f; } }
body { font: 15px/1.5 system-ui, "Noto Sans CJK SC", sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.2rem 0 0.2rem; }
ul { margin: 0; padding-left: 1.2rem; }
.failed b { color: var(--bad); } .met b { color: var(--good); } .not-checked b { color: var(--open); }
code { display: block; white-space: pre-wrap; overflow-wrap: anywhere; padding: 0.3rem 0.5rem; background: #8882; border-radius: 4px; }
footer { margin-top: 2rem; color: gray; font-size: 0.85rem; }
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
  return `<!doctype html>
<html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title} · ${escapeHtml(host)}</title><style>${styles}</style>
<h1>${title}</h1>
<p>${escapeHtml(host)} · ${new Date(report.checkedAt).toISOString()}<br>${total}</p>
${sections.join('\n')}
<footer><p>${say({
    en: 'The subjects are those of GB/T 22239-2019, level 2 and 3, for hosts. The numbers are usual practice and can be changed under agent.baseline in campus-edge.yaml: the standard prescribes none of them.',
    'zh-CN':
      '检查项目依据 GB/T 22239-2019 第二、三级主机条款；其中的数值为惯例，可在 campus-edge.yaml 的 agent.baseline 中调整，标准未作规定。',
  })}</p><p>${say({ en: 'Ports counted as high-risk', 'zh-CN': '视为高危的端口' })}: ${escapeHtml(highRiskPorts.join(', '))}</p></footer>
</html>
`;
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

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
