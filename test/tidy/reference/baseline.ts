import { Default, Parse } from '#typebox/value';
import { baselineConfig } from '../../../agent/baseline/config.ts';
import { checks, clauses, highRiskPorts } from '../../../agent/baseline.ts';
import { markdownTable } from './markdown.ts';

/** Every demand of the self-check, with the numbers that hold by default, and the ports it calls high-risk. */
export function baselineReference(): string {
  const defaults = Parse(baselineConfig, Default(baselineConfig, {}));
  const rows = checks.map(({ id, clause, requirement, personal }) => {
    const { en, 'zh-CN': zh } = requirement(defaults);
    return [
      `\`${id}\``,
      `${clauses[clause].en} ${clauses[clause]['zh-CN']}`,
      en,
      zh,
      personal === true ? 'counted only' : 'as found',
    ];
  });
  const table = markdownTable(['name', 'clause', 'demand', '要求', 'evidence in events'], rows);
  return `${table}\n\nPorts that count as high-risk: ${highRiskPorts.join(', ')}.`;
}
