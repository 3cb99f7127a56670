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
    answer_ms: { type: 'number', unit: 'ms', kind: 'gauge', en: 'Time until its answer', zh: '应答时间' },
    rcode: {
      type: 'string',
      en: 'Code of the answer for AAAA: NOERROR, NXDOMAIN, SERVFAIL, REFUSED … (RFC 1035)',
      zh: 'AAAA 查询的应答码：NOERROR、NXDOMAIN、SERVFAIL、REFUSED 等（RFC 1035）',
    },
    error: { type: 'string', en: 'Why it could not be asked', zh: '无法查询的原因' },
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
