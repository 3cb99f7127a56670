import { defineMeasurement } from '../measurement.ts';

/**
 * The way to one target, measured by a few packets in each cycle: one point per address family, and one without a `family` tag that tells
 * by how much IPv6 differs from IPv4 where both were measured by the same method.
 */
export const path = defineMeasurement({
  name: 'path',
  en: 'Quality of the path to each target, by address family',
  zh: '到各目标的路径质量（按地址族）',
  dataClass: 'internal',
  retention: 'metrics',
  tags: {
    target: {
      en: 'first-hop, dns-1, dns-2, gateway, or the host of a configured server',
      zh: '目标：first-hop、dns-1、dns-2、gateway 或所配置服务器的主机名',
    },
    role: { en: 'first-hop, dns, gateway or lesson', zh: '角色：first-hop、dns、gateway 或 lesson' },
    method: { en: 'stamp, icmp or tcp', zh: '测量方法：stamp、icmp 或 tcp' },
    family: {
      en: 'ipv4 or ipv6; absent on the point for the difference',
      zh: '地址族：ipv4 或 ipv6；表示差值的数据点没有此标签',
    },
  },
  fields: {
    address: { type: 'string', en: 'Address that was measured', zh: '被测地址' },
    reachable: { type: 'boolean', en: 'Something came back', zh: '有应答' },
    error: { type: 'string', en: 'Why nothing could be sent', zh: '无法发送的原因' },
    sent_count: { type: 'number', kind: 'gauge', en: 'Packets sent in the cycle', zh: '本周期发送包数' },
    received_count: { type: 'number', kind: 'gauge', en: 'Packets that came back in time', zh: '按时返回的包数' },
    loss_percent: { type: 'number', unit: '%', kind: 'gauge', en: 'Packets lost', zh: '丢包率' },
    duplicate_count: { type: 'number', kind: 'gauge', en: 'Packets that came back again', zh: '重复包数' },
    reordered_count: {
      type: 'number',
      kind: 'gauge',
      en: 'Packets that came back after later ones (RFC 4737)',
      zh: '乱序包数（RFC 4737）',
    },
    reordered_percent: {
      type: 'number',
      unit: '%',
      kind: 'gauge',
      en: 'Reordered packets of those received',
      zh: '乱序率',
    },
    rtt_ms: { type: 'number', unit: 'ms', kind: 'gauge', en: 'Round trip, mean', zh: '往返时延（平均）' },
    rtt_min_ms: { type: 'number', unit: 'ms', kind: 'gauge', en: 'Round trip, shortest', zh: '往返时延（最短）' },
    rtt_max_ms: { type: 'number', unit: 'ms', kind: 'gauge', en: 'Round trip, longest', zh: '往返时延（最长）' },
    jitter_ms: {
      type: 'number',
      unit: 'ms',
      kind: 'gauge',
      en: 'Jitter (RFC 3550): by STAMP of the worse direction, else of the round trip',
      zh: '抖动（RFC 3550）：STAMP 取较差方向，其余取往返',
    },
    jitter_forward_ms: {
      type: 'number',
      unit: 'ms',
      kind: 'gauge',
      en: 'Jitter on the way there',
      zh: '去程抖动',
    },
    jitter_backward_ms: {
      type: 'number',
      unit: 'ms',
      kind: 'gauge',
      en: 'Jitter on the way back',
      zh: '回程抖动',
    },
    r_factor: {
      type: 'number',
      kind: 'gauge',
      en: 'R of the simplified E-model, 0 to 100: an estimate for voice',
      zh: '简化 E 模型的 R 值，0 到 100（语音估计值）',
    },
    mos: {
      type: 'number',
      kind: 'gauge',
      en: 'MOS of the simplified E-model, 1 to 4.5: an estimate for voice',
      zh: '简化 E 模型的 MOS，1 到 4.5（语音估计值）',
    },
    rtt_difference_ms: {
      type: 'number',
      unit: 'ms',
      kind: 'gauge',
      en: 'Round trip of IPv6 less that of IPv4',
      zh: 'IPv6 与 IPv4 往返时延之差',
    },
    rtt_excess_percent: {
      type: 'number',
      unit: '%',
      kind: 'gauge',
      en: 'The same in percent of the round trip of IPv4',
      zh: 'IPv6 往返时延相对 IPv4 的增幅',
    },
    jitter_difference_ms: {
      type: 'number',
      unit: 'ms',
      kind: 'gauge',
      en: 'Jitter of IPv6 less that of IPv4',
      zh: 'IPv6 与 IPv4 抖动之差',
    },
    loss_difference_percent: {
      type: 'number',
      unit: '%',
      kind: 'gauge',
      en: 'Loss of IPv6 less that of IPv4, in percentage points',
      zh: 'IPv6 与 IPv4 丢包率之差（百分点）',
    },
    mos_difference: { type: 'number', kind: 'gauge', en: 'MOS of IPv6 less that of IPv4', zh: 'IPv6 与 IPv4 MOS 之差' },
  },
});

/** The values of the tags. */
export type PathRole = 'first-hop' | 'dns' | 'gateway' | 'lesson';
export type PathMethod = 'stamp' | 'icmp' | 'tcp';
export type PathFamily = 'ipv4' | 'ipv6';
