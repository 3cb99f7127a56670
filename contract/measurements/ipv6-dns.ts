import { defineMeasurement } from '../measurement.ts';

/** The question for ipv4only.arpa (RFC 7050), to each name server of the machine by the family of its address. */
export const ipv6Dns = defineMeasurement({
  name: 'ipv6_dns',
  en: 'Name servers by address family: whether they answer, and DNS64 with the prefix of NAT64 (RFC 7050)',
  zh: '各地址族的域名服务器：是否应答，以及 DNS64 与 NAT64 前缀（RFC 7050）',
  dataClass: 'internal',
  retention: 'metrics',
  tags: {
    server: { en: 'Address of the name server', zh: '域名服务器地址' },
    family: { en: 'ipv4 or ipv6: how it was asked', zh: 'ipv4 或 ipv6：查询所用的地址族' },
  },
  fields: {
    answered: { type: 'boolean', en: 'It answered, whatever the answer', zh: '有应答（无论内容）' },
    outcome: {
      type: 'string',
      en: 'Of the question for AAAA: answer, no-data, no-name, server-failure, refused, timeout or failed',
      zh: 'AAAA 查询结果：answer、no-data、no-name、server-failure、refused、timeout 或 failed',
    },
    duration_ms: { type: 'number', unit: 'ms', kind: 'gauge', en: 'Time until its answer', zh: '应答时间' },
    dns64: {
      type: 'boolean',
      en: 'It makes IPv6 addresses of IPv4 ones (DNS64)',
      zh: '提供 DNS64（将 IPv4 地址合成 IPv6 地址）',
    },
    nat64_prefixes: {
      type: 'string',
      en: 'JSON list of the prefixes in which it puts them (RFC 6052)',
      zh: '合成所用前缀的 JSON 列表（RFC 6052）',
    },
  },
});
