import type { LocalText } from '../../contract/alert.ts';
import type { FieldSpec } from '../../contract/measurement.ts';
import { measurementSpec } from '../../contract/measurements/index.ts';
import { shippedWords } from './shipped-words.ts';
import { STATE_MEASUREMENT } from './watch.ts';

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

/** What people call the fields of a device's state, which is no measurement of the contract. */
const stateFields: Readonly<Record<string, Pick<FieldSpec, 'type' | 'en' | 'zh'>>> = {
  online: { type: 'boolean', en: 'Online state', zh: '在线状态' },
  planned: { type: 'boolean', en: 'Planned stop', zh: '计划停止' },
};

/** How people call a field: by the contract's names and unit, or the plain ones. */
export function fieldNames({ measurement, field }: { measurement: string; field: string }): {
  name: LocalText;
  withUnit: (value: string) => string;
} {
  const fields: Readonly<Record<string, FieldSpec>> =
    measurement === STATE_MEASUREMENT ? stateFields : (measurementSpec(measurement)?.fields ?? {});
  const spec = Object.hasOwn(fields, field) ? fields[field] : undefined;
  const plain = shortened(`${measurement}.${field}`);
  const unit = spec?.unit === undefined ? '' : spec.unit === '%' ? '%' : ` ${spec.unit}`;
  return {
    name: {
      'zh-CN': spec === undefined ? ` ${plain} ` : shortName(spec.zh),
      en: spec === undefined ? plain : shortName(spec.en),
    },
    withUnit: (value) => `${value}${unit}`,
  };
}

/** `Use of the link: the busier direction …` without its explanation. */
function shortName(name: string): string {
  return name.split(/[:：（]| \(/)[0] ?? name;
}

/** A text with the rule's title before it, and behind it what to do, where the rule ships with both; else with the name that its node has. */
export function titled({ rule, name }: { rule: string; name: string }, text: LocalText): LocalText {
  const words = Object.hasOwn(shippedWords, rule) ? shippedWords[rule] : undefined;
  if (words === undefined) {
    const own = name === '' ? '' : shortened(name);
    return { 'zh-CN': `${own}${own && '：'}${text['zh-CN']}`, en: `${own}${own && ': '}${text.en}` };
  }
  const { title, advice } = words;
  return {
    'zh-CN': `${title['zh-CN']}：${text['zh-CN']}${advice['zh-CN']}`,
    en: `${title.en}: ${text.en} ${advice.en}`,
  };
}

/** A span of days for people: `2.5 days`, below one day in hours. */
export function daysText(days: number): LocalText {
  if (days < 1) return durationText(Math.max(0, days) * 86_400);
  const number = numberText(Math.round(days * 10) / 10);
  return { 'zh-CN': ` ${number} 天`, en: number === '1' ? '1 day' : `${number} days` };
}
