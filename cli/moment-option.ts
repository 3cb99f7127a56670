import { InvalidArgumentError, Option } from 'commander';
import type { Speaker } from './terminal.ts';

/**
 * A moment as people write it: a day (`2026-03-01`, midnight UTC), ISO 8601 with its offset (`2026-03-01T08:00:00+08:00`), or ms
 * since 1970.
 * @returns ms; undefined for what is none of these
 */
export function parseMoment(text: string): number | undefined {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) || time < 0 ? undefined : time;
}

/** An option that takes a moment. */
export function momentOption(flag: string, description: string, speaker: Speaker): Option {
  return new Option(`${flag} <moment>`, description).argParser((text: string): number => {
    const moment = parseMoment(text);
    if (moment !== undefined) return moment;
    throw new InvalidArgumentError(
      speaker.say({
        en: 'Expected a day such as 2026-03-01, or a time such as 2026-03-01T08:00:00+08:00.',
        'zh-CN': '应为日期（如 2026-03-01）或时间（如 2026-03-01T08:00:00+08:00）。',
      }),
    );
  });
}
