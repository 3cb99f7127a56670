import { defineMeasurement } from '../measurement.ts';

/** One point for each name server and question in each cycle. */
export const resolver = defineMeasurement({
  name: 'resolver',
  en: 'Answers of each name server, by address family',
  zh: '各 DNS 服务器的应答情况（按地址族）',
  dataClass: 'internal',
  retention: 'metrics',
  tags: {
    server: {
      en: 'dns-1, dns-2, dns-3, or local for a cache on the machine',
      zh: '服务器：dns-1、dns-2、dns-3，或 local（本机缓存）',
    },
    family: {
      en: 'ipv4 or ipv6, by which the server is asked',
      zh: '查询该服务器所用的地址族：ipv4 或 ipv6',
    },
    query: { en: 'Name that is asked for; . for the root', zh: '所查询的名称；. 表示根' },
    type: { en: 'A, AAAA or NS', zh: '记录类型：A、AAAA 或 NS' },
  },
  fields: {
    address: { type: 'string', en: 'Address of the server', zh: '服务器地址' },
    answered: { type: 'boolean', en: 'An answer came in time', zh: '按时应答' },
    answer_ms: { type: 'number', unit: 'ms', kind: 'gauge', en: 'Time until the answer', zh: '应答时间' },
    rcode: {
      type: 'string',
      en: 'Code of the answer: NOERROR, NXDOMAIN, SERVFAIL, REFUSED … (RFC 1035)',
      zh: '应答码：NOERROR、NXDOMAIN、SERVFAIL、REFUSED 等（RFC 1035）',
    },
    record_count: {
      type: 'number',
      kind: 'gauge',
      en: 'Records of the type in the answer',
      zh: '应答中该类型的记录数',
    },
    records: { type: 'string', en: 'These records, as JSON', zh: '上述记录（JSON）' },
    wrong: {
      type: 'boolean',
      en: 'The answer leads elsewhere than it may; absent where nothing is expected',
      zh: '应答与预期不符；未配置预期时无此字段',
    },
    error: { type: 'string', en: 'Why the server could not be asked', zh: '无法查询的原因' },
    query_count: { type: 'number', kind: 'counter', en: 'Questions since the start', zh: '启动以来的查询数' },
    failure_count: {
      type: 'number',
      kind: 'counter',
      en: 'Of these without an answer, or with one that failed',
      zh: '其中无应答或应答失败的次数',
    },
    wrong_count: { type: 'number', kind: 'counter', en: 'Of these with a wrong answer', zh: '其中应答有误的次数' },
  },
});
