import type { LocalText } from '../../contract/alert.ts';
import { type Ipv6Summary, ipv6Summaries } from '../../contract/measurements/ipv6.ts';
import type { AbsenceAlert } from './absence.ts';
import { durationText, fieldNames, numberText, shortened, titled } from './text-parts.ts';
import type { ThresholdRuleSettings } from './threshold-settings.ts';

/** What a threshold alert is about. */
interface Crossing {
  device: string;
  subject: string;
  value: number;
  threshold: number;
  heldSeconds: number;
}

/** A crossing with its numbers made readable. */
interface Told {
  device: string;
  subject: string;
  value: string;
  threshold: string;
  held: LocalText;
}

/** The alerts of the rules that the product ships, for a network teacher: what, where, how much, for how long, what to do. */
const shippedTexts: Readonly<Record<string, (told: Told) => LocalText>> = {
  'disk-nearly-full': ({ device, subject, value, threshold, held }) => ({
    'zh-CN': `${device} 的磁盘 ${subject} 快满了：已用 ${value}%，超过 ${threshold}% 已有${held['zh-CN']}。请清理文件或更换更大的磁盘。`,
    en: `Disk ${subject} of ${device} is nearly full: ${value}% used, above ${threshold}% for ${held.en}. Delete files or fit a larger disk.`,
  }),
  'memory-pressure': ({ device, value, threshold, held }) => ({
    'zh-CN': `${device} 内存不足：已用 ${value}%，超过 ${threshold}% 已有${held['zh-CN']}。请关闭不用的程序，必要时重启设备。`,
    en: `${device} is short of memory: ${value}% in use, above ${threshold}% for ${held.en}. Close programs that are not needed, or restart it.`,
  }),
  'link-saturated': ({ device, subject, value, threshold, held }) => ({
    'zh-CN': `${device} 的网络接口 ${subject} 带宽占满：利用率 ${value}%，超过 ${threshold}% 已有${held['zh-CN']}。课堂视频可能卡顿，请查看是谁在占用带宽。`,
    en: `Link ${subject} of ${device} is saturated: ${value}% in use, above ${threshold}% for ${held.en}. Lessons may stutter; see who takes the bandwidth.`,
  }),
  'link-errors-rising': ({ device, subject, value, threshold, held }) => ({
    'zh-CN': `${device} 的网络接口 ${subject} 错误增多：每秒 ${value} 个，超过每秒 ${threshold} 个已有${held['zh-CN']}。请检查网线、水晶头和交换机端口。`,
    en: `Link ${subject} of ${device} has errors: ${value} a second, above ${threshold} a second for ${held.en}. Check the cable, its plugs and the switch port.`,
  }),
  'ipv6-lost': ({ device, value, threshold, held }) => ({
    'zh-CN': `${device} 的 IPv6 中断：现在${levelText(value)['zh-CN']}，此前${levelText(threshold)['zh-CN']}，已持续${held['zh-CN']}。请检查路由器的 IPv6 通告和上联线路。`,
    en: `${device} has lost IPv6: now ${levelText(value).en}, before ${levelText(threshold).en}, for ${held.en}. Check the router's IPv6 advertisements and the uplink.`,
  }),
};

/** Ids of the threshold rules that have a text of their own. */
export const shippedTextRules: readonly string[] = Object.keys(shippedTexts);

/** The values of `ipv6.level` in words. */
const levelTexts: Readonly<Record<Ipv6Summary, LocalText>> = {
  none: { 'zh-CN': '没有 IPv6', en: 'none' },
  'link-local': { 'zh-CN': '只有链路本地地址', en: 'link-local addresses only' },
  addressed: { 'zh-CN': '有地址但没有路由', en: 'addresses but no route' },
  routed: { 'zh-CN': '有地址和路由', en: 'addresses and a route' },
  reachable: { 'zh-CN': '可访问 IPv6 网络', en: 'reachable' },
};

function levelText(level: string): LocalText {
  const summary = ipv6Summaries[Number(level)];
  return summary === undefined ? { 'zh-CN': `等级 ${level}`, en: `level ${level}` } : levelTexts[summary];
}

/** Tells a crossing in both languages: by the shipped rule's own text, else by the names that the contract gives the field. */
export function thresholdSummary(settings: ThresholdRuleSettings, crossing: Crossing): LocalText {
  const told: Told = {
    device: crossing.device,
    subject: shortened(crossing.subject),
    value: numberText(crossing.value),
    threshold: numberText(crossing.threshold),
    held: durationText(crossing.heldSeconds),
  };
  const text = Object.hasOwn(shippedTexts, settings.node.rule) ? shippedTexts[settings.node.rule] : undefined;
  return text === undefined ? namedText(settings, told) : text(told);
}

/** The text of a rule that has none of its own: its title, what the contract calls the field, and what to do where that is known. */
function namedText({ node, threshold }: ThresholdRuleSettings, told: Told): LocalText {
  const { name, withUnit } = fieldNames(node);
  const [value, limit] = [withUnit(told.value), withUnit(told.threshold)];
  const subject = told.subject === '' ? '' : ` ${told.subject}`;
  const side = threshold.direction === 'above' ? { 'zh-CN': '高于', en: 'above' } : { 'zh-CN': '低于', en: 'below' };
  return titled(node, {
    'zh-CN': `${told.device}${subject} 的${name['zh-CN']}为 ${value}，${side['zh-CN']} ${limit} 已有${told.held['zh-CN']}。`,
    en: `${name.en} of ${told.device}${subject} is ${value}, ${side.en} ${limit} for ${told.held.en}.`,
  });
}

/** Tells in both languages that a device is missed, and why it is thought so. */
export function absenceSummary(
  device: string,
  { cause, heldSeconds, intervalSeconds }: AbsenceAlert & { action: 'raise' },
): LocalText {
  const held = durationText(heldSeconds);
  if (cause === 'disconnected') {
    return {
      'zh-CN': `${device} 离线：与网关的连接已断开${held['zh-CN']}。请检查设备电源和网线。`,
      en: `${device} is offline: it lost its connection to the gateway ${held.en} ago. Check its power and network cable.`,
    };
  }
  if (cause === 'silent') {
    return {
      'zh-CN': `${device} 无响应：虽显示在线，但已有${held['zh-CN']}没有上报数据。程序可能卡死，请重启设备。`,
      en: `${device} does not respond: it is connected but has sent nothing for ${held.en}. It may hang; restart it.`,
    };
  }
  const usual = intervalSeconds === undefined ? undefined : durationText(intervalSeconds);
  return {
    'zh-CN': `${device} 停止上报：已有${held['zh-CN']}没有数据${usual ? `，平时约每${usual['zh-CN']}上报一次` : ''}。请检查设备电源和网线。`,
    en: `${device} has stopped reporting: nothing for ${held.en}${usual ? `, usually it reports about every ${usual.en}` : ''}. Check its power and network cable.`,
  };
}
