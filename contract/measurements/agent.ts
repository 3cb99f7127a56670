import { defineMeasurement } from '../measurement.ts';

/** The agent about itself: one point per collector and one, without a `collector` tag, for the process. */
export const agent = defineMeasurement({
  name: 'agent',
  en: 'The agent itself: collectors, outbox, own memory and CPU',
  zh: '采集代理自身：采集器、发件箱、内存与处理器',
  dataClass: 'internal',
  retention: 'metrics',
  tags: {
    collector: { en: 'Collector; absent on the point for the whole agent', zh: '采集器；整个代理的数据点没有此标签' },
  },
  fields: {
    duration_ms: { type: 'number', unit: 'ms', kind: 'gauge', en: 'Time the collector took', zh: '采集耗时' },
    outcome: { type: 'string', en: 'ok, not-present, error or timeout', zh: '结果：ok、not-present、error 或 timeout' },
    error: { type: 'string', en: 'What went wrong', zh: '错误信息' },
    metric_count: { type: 'number', kind: 'gauge', en: 'Points collected', zh: '采集点数' },
    outbox_messages: { type: 'number', kind: 'gauge', en: 'Messages waiting', zh: '待发消息数' },
    outbox_bytes: { type: 'number', unit: 'B', kind: 'gauge', en: 'Bytes waiting', zh: '待发字节' },
    outbox_dropped: {
      type: 'number',
      kind: 'counter',
      en: 'Messages given up: the outbox was full, or they were too old or damaged',
      zh: '被放弃的消息：发件箱已满，或消息过旧、已损坏',
    },
    outbox_undated: {
      type: 'number',
      kind: 'counter',
      en: 'Messages dropped because nobody knows when they were measured',
      zh: '无法确定采集时间而丢弃的消息',
    },
    published: { type: 'number', kind: 'counter', en: 'Messages acknowledged by the gateway', zh: '网关已确认的消息' },
    reconnects: { type: 'number', kind: 'counter', en: 'Connections made to the gateway', zh: '与网关建立连接的次数' },
    clock_source: {
      type: 'string',
      en: 'Who tells the time: ntp, gateway, or none yet',
      zh: '时间来源：ntp、gateway，或尚无（none）',
    },
    clock_difference_ms: {
      type: 'number',
      unit: 'ms',
      kind: 'gauge',
      en: "The device's own clock less the gateway's",
      zh: '设备自身时钟与网关时钟之差',
    },
    clock_steps: {
      type: 'number',
      kind: 'counter',
      en: "Times that the device's clock was set",
      zh: '设备时钟被调整的次数',
    },
    rss_bytes: { type: 'number', unit: 'B', kind: 'gauge', en: 'Memory of the agent', zh: '代理占用内存' },
    cpu_percent: { type: 'number', unit: '%', kind: 'gauge', en: 'CPU of the agent', zh: '代理处理器占用' },
  },
});
