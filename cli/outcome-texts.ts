import type { Verdict } from '../agent/baseline.ts';
import type { LocalText } from '../contract/alert.ts';

/** What a report of the baseline calls each outcome. */
export const outcomeTexts: Readonly<Record<Verdict['outcome'], LocalText>> = {
  met: { en: 'met', 'zh-CN': '符合' },
  failed: { en: 'not met', 'zh-CN': '不符合' },
  'not-checked': { en: 'not checked', 'zh-CN': '未检查' },
};
