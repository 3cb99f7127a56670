import type { LocalText } from '../../contract/alert.ts';
import type { BaselineFacts, BaselineSettings } from './baseline.ts';
import type { ChangeFacts, ChangeSettings } from './change-of-state.ts';
import type { FlappingFacts, FlappingSettings } from './flapping.ts';
import type { ForecastFacts, ForecastSettings } from './forecast.ts';
import type { About } from './point-kind.ts';
import type { RateFacts, RateSettings } from './rate-of-change.ts';
import type { ShareFacts, ShareSettings } from './share.ts';
import { daysText, durationText, fieldNames, numberText, shortened, titled } from './text-parts.ts';

type Held = { heldSeconds: number };

/** Devices that a text names; the others it counts. */
const NAMED_DEVICES = 3;

/** What a text is about: `room-101 eth0`. */
function place({ device, subject }: About): string {
  return subject === '' ? device : `${device} ${shortened(subject)}`;
}

/** `, for 5 min now`; nothing of a condition that is told at once. */
function lasting(heldSeconds: number): LocalText {
  if (heldSeconds < 1) return { 'zh-CN': '', en: '' };
  const held = durationText(heldSeconds);
  return { 'zh-CN': `，已持续${held['zh-CN']}`, en: `, for ${held.en} now` };
}

export function rateSummary({ node }: RateSettings, about: About, facts: RateFacts & Held): LocalText {
  const { name, withUnit } = fieldNames(node);
  const [value, limit] = [withUnit(numberText(facts.value)), withUnit(numberText(facts.threshold))];
  const window = durationText(facts.window_seconds);
  const held = lasting(facts.heldSeconds);
  const verbs = {
    rising: { 'zh-CN': '上升', en: 'rose by' },
    falling: { 'zh-CN': '下降', en: 'fell by' },
    either: { 'zh-CN': '变化', en: 'changed by' },
  };
  const verb = verbs[node.direction];
  return titled(node, {
    'zh-CN': `${place(about)} 的${name['zh-CN']}在${window['zh-CN']}内${verb['zh-CN']} ${value}，超过 ${limit}${held['zh-CN']}。`,
    en: `${name.en} of ${place(about)} ${verb.en} ${value} within ${window.en}, more than ${limit}${held.en}.`,
  });
}

export function changeSummary({ node }: ChangeSettings, about: About, facts: ChangeFacts & Held): LocalText {
  const { name } = fieldNames(node);
  const value = shortened(String(facts.value));
  const held = lasting(facts.heldSeconds);
  const before = facts.expected === undefined ? undefined : shortened(facts.expected);
  return titled(node, {
    'zh-CN': `${place(about)} 的${name['zh-CN']}变为 ${value}${before === undefined ? '' : `，正常为 ${before}`}${held['zh-CN']}。`,
    en: `${name.en} of ${place(about)} is ${value}${before === undefined ? '' : `, normal is ${before}`}${held.en}.`,
  });
}

export function flappingSummary({ node }: FlappingSettings, about: About, facts: FlappingFacts): LocalText {
  const { name } = fieldNames(node);
  const window = durationText(facts.window_seconds);
  return titled(node, {
    'zh-CN': `${place(about)} 的${name['zh-CN']}在${window['zh-CN']}内变化 ${facts.value} 次，达到 ${facts.threshold} 次即视为频繁变化。`,
    en: `${name.en} of ${place(about)} changed ${facts.value} times within ${window.en}; ${facts.threshold} times count as flapping.`,
  });
}

export function baselineSummary({ node }: BaselineSettings, about: About, facts: BaselineFacts & Held): LocalText {
  const { name, withUnit } = fieldNames(node);
  const shown = (value: number): string => withUnit(numberText(value));
  const [value, usual, limit] = [shown(facts.value), shown(facts.expected), shown(facts.threshold)];
  const held = lasting(facts.heldSeconds);
  const side = facts.value >= facts.expected ? { 'zh-CN': '高于', en: 'above' } : { 'zh-CN': '低于', en: 'below' };
  return titled(node, {
    'zh-CN': `${place(about)} 的${name['zh-CN']}为 ${value}，前 ${facts.weeks} 周同一星期、同一时段通常为 ${usual}，${side['zh-CN']} ${limit} 即属异常${held['zh-CN']}。`,
    en: `${name.en} of ${place(about)} is ${value}; usual for this hour of this weekday is ${usual}, by ${facts.weeks} weeks, and ${side.en} ${limit} is unusual${held.en}.`,
  });
}

export function forecastSummary({ node }: ForecastSettings, about: About, facts: ForecastFacts): LocalText {
  const { name, withUnit } = fieldNames(node);
  const left = daysText(facts.days);
  if (facts.threshold === undefined || facts.change_per_day === undefined || facts.window_seconds === undefined) {
    return titled(node, {
      'zh-CN': `${place(about)} 的${name['zh-CN']}还剩${left['zh-CN']}，少于 ${node.raise} 天。`,
      en: `${name.en} of ${place(about)}: ${left.en} left, fewer than ${node.raise} days.`,
    });
  }
  const [value, limit] = [withUnit(numberText(facts.value)), withUnit(numberText(facts.threshold))];
  const perDay = withUnit(numberText(facts.change_per_day));
  const window = daysText(facts.window_seconds / 86_400);
  return titled(node, {
    'zh-CN': `${place(about)} 的${name['zh-CN']}现为 ${value}，按最近${window['zh-CN']}的趋势每天变化 ${perDay}，预计${left['zh-CN']}后达到 ${limit}。`,
    en: `${name.en} of ${place(about)} is ${value}, changes by ${perDay} a day over the last ${window.en}, and will reach ${limit} in ${left.en}.`,
  });
}

export function shareSummary({ node }: ShareSettings, facts: ShareFacts & Held): LocalText {
  const { name, withUnit } = fieldNames(node);
  const held = durationText(facts.heldSeconds);
  const bad =
    node.limit === undefined
      ? { 'zh-CN': '不正常', en: 'not as it should be' }
      : {
          'zh-CN': `${node.direction === 'above' ? '高于' : '低于'} ${withUnit(numberText(node.limit))}`,
          en: `${node.direction} ${withUnit(numberText(node.limit))}`,
        };
  const names = facts.devices.slice(0, NAMED_DEVICES);
  const more = facts.devices.length > names.length;
  const of = facts.subject === '' ? '' : `${shortened(facts.subject)} `;
  const share = `${numberText(facts.value)}%`;
  return titled(node, {
    'zh-CN': `${of}${facts.known} 台设备中有 ${facts.devices.length} 台（${share}）的${name['zh-CN']}${bad['zh-CN']}，超过 ${facts.threshold}% 已有${held['zh-CN']}：${names.join('、')}${more ? ' 等' : ''}。`,
    en: `${of}${facts.devices.length} of ${facts.known} devices (${share}) have ${name.en} ${bad.en}, more than ${facts.threshold}% for ${held.en}: ${names.join(', ')}${more ? ' and others' : ''}.`,
  });
}
