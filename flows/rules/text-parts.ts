import type { LocalText } from '../../contract/alert.ts';

/** Characters of a name within a text: a mount point fits, and the text stays below what an alert may hold. */
const NAME_CHARS = 80;

/** A number for people: at most three digits after the point that matter, none that do not. `93.14159` → `93.1`, `0.0512` → `0.051`. */
export function numberText(value: number): string {
  const size = Math.abs(value);
  const digits = size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  return String(Number(value.toFixed(digits)));
}

/** A duration for people, in whole units that matter: `75` → `1 min 15 s`, ` 1 分 15 秒`. The Chinese text begins with the space that stands before a digit. */
export function durationText(seconds: number): LocalText {
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const parts: [number, string, string][] = [
    [hours, 'h', '小时'],
    [minutes, 'min', minutes > 0 && hours === 0 && rest === 0 ? '分钟' : '分'],
    [hours > 0 ? 0 : rest, 's', '秒'],
  ];
  const told = parts.filter(([count]) => count > 0);
  const shown = told.length > 0 ? told : [[0, 's', '秒'] as const];
  return {
    'zh-CN': ` ${shown.map(([count, , unit]) => `${count} ${unit}`).join(' ')}`,
    en: shown.map(([count, unit]) => `${count} ${unit}`).join(' '),
  };
}

/** A name cut to a readable length. */
export function shortened(name: string): string {
  const characters = [...name];
  return characters.length <= NAME_CHARS ? name : `${characters.slice(0, NAME_CHARS - 1).join('')}…`;
}
