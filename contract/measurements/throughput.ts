import { defineMeasurement } from '../measurement.ts';

/** What a link really carries, by iperf3 over one TCP connection: one point for each family and direction of a measurement. */
export const throughput = defineMeasurement({
  name: 'throughput',
  en: 'Measured throughput, on command or at night, by address family and direction',
  zh: '实测吞吐量（按命令或夜间定时测量，按地址族与方向）',
  dataClass: 'internal',
  retention: 'metrics',
  tags: {
    target: { en: 'gateway, or the host of the configured server', zh: '目标：gateway 或所配置服务器的主机名' },
    family: { en: 'ipv4 or ipv6', zh: '地址族：ipv4 或 ipv6' },
    direction: { en: 'up (from the device) or down (to it)', zh: '方向：up（上行）或 down（下行）' },
  },
  fields: {
    bits_per_second: {
      type: 'number',
      unit: 'bit/s',
      kind: 'gauge',
      en: 'Throughput, without the headers of TCP and IP',
      zh: '吞吐量（不含 TCP/IP 首部）',
    },
    bytes: { type: 'number', unit: 'B', kind: 'gauge', en: 'Bytes carried', zh: '传输字节数' },
    seconds: { type: 'number', unit: 's', kind: 'gauge', en: 'Time that took', zh: '用时' },
    retransmits: {
      type: 'number',
      kind: 'gauge',
      en: 'TCP segments sent again, where the sender tells',
      zh: 'TCP 重传段数（发送端提供时）',
    },
    error: { type: 'string', en: 'Why nothing could be measured', zh: '未能测量的原因' },
  },
});
