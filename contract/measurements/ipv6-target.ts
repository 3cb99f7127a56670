import { defineMeasurement } from '../measurement.ts';

/** How a target with both address families is reached: by which one a program gets there first, and what size of packet each carries. */
export const ipv6Target = defineMeasurement({
  name: 'ipv6_target',
  en: 'Reaching a target by both address families: who is first (RFC 8305), and path MTU',
  zh: '经两个地址族到达目标：先到者（RFC 8305）与路径 MTU',
  dataClass: 'internal',
  retention: 'metrics',
  tags: {
    target: { en: 'gateway, or host and port of a configured target', zh: 'gateway，或所配置目标的主机与端口' },
  },
  fields: {
    winner: {
      type: 'string',
      en: 'ipv4, ipv6 or none: by which a program that prefers IPv6 and waits 250 ms gets through',
      zh: 'ipv4、ipv6 或 none：优先 IPv6 并等待 250 毫秒的程序最终经由哪个地址族连通',
    },
    fallback: {
      type: 'boolean',
      en: 'The target has an IPv6 address, and IPv4 came first all the same',
      zh: '目标有 IPv6 地址，却仍由 IPv4 先连通',
    },
    connect_ms: {
      type: 'number',
      unit: 'ms',
      kind: 'gauge',
      en: 'Time until such a program is connected',
      zh: '此类程序建立连接所需时间',
    },
    ipv6_address: { type: 'string', en: 'IPv6 address that was tried', zh: '所尝试的 IPv6 地址' },
    ipv6_outcome: {
      type: 'string',
      en: 'IPv6: open, refused, failed or no-address',
      zh: 'IPv6：open、refused、failed 或 no-address',
    },
    ipv6_connect_ms: {
      type: 'number',
      unit: 'ms',
      kind: 'gauge',
      en: 'TCP connect over IPv6',
      zh: 'IPv6 TCP 建连时间',
    },
    ipv6_path_mtu_bytes: {
      type: 'number',
      unit: 'B',
      kind: 'gauge',
      en: 'Largest IPv6 packet that gets there and back',
      zh: '可往返的最大 IPv6 报文',
    },
    ipv6_mtu_black_hole: {
      type: 'boolean',
      en: 'Larger IPv6 packets vanish, and nobody says "packet too big"',
      zh: '更大的 IPv6 报文被丢弃且无“报文过大”通知',
    },
    ipv4_address: { type: 'string', en: 'IPv4 address that was tried', zh: '所尝试的 IPv4 地址' },
    ipv4_outcome: {
      type: 'string',
      en: 'IPv4: open, refused, failed or no-address',
      zh: 'IPv4：open、refused、failed 或 no-address',
    },
    ipv4_connect_ms: {
      type: 'number',
      unit: 'ms',
      kind: 'gauge',
      en: 'TCP connect over IPv4',
      zh: 'IPv4 TCP 建连时间',
    },
    ipv4_path_mtu_bytes: {
      type: 'number',
      unit: 'B',
      kind: 'gauge',
      en: 'Largest IPv4 packet that gets there and back without fragmentation',
      zh: '不分片可往返的最大 IPv4 报文',
    },
    ipv4_mtu_black_hole: {
      type: 'boolean',
      en: 'Larger IPv4 packets vanish, and nobody says "fragmentation needed"',
      zh: '更大的 IPv4 报文被丢弃且无“需要分片”通知',
    },
  },
});
