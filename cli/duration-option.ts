import { InvalidArgumentError } from 'commander';
import type { Speaker } from './terminal.ts';

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3600_000, d: 24 * 3600_000 };

/** Reads a duration such as `30m`, `1h` or `2d`, for an option. @returns ms */
export function durationOption(speaker: Speaker): (text: string) => number {
  return (text) => {
    const [, count = '', unit = ''] = /^(\d{1,4})([mhd])$/.exec(text) ?? [];
    const ms = Number(count) * (unitMs[unit] ?? 0);
    if (ms > 0) return ms;
    throw new InvalidArgumentError(
      speaker.say({
        en: 'expected a number with m, h or d, such as 30m or 1h',
        'zh-CN': '应为带 m、h 或 d 的数字，例如 30m 或 1h',
      }),
    );
  };
}
