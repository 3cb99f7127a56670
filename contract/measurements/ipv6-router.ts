import { defineMeasurement } from '../measurement.ts';

/** One point for each router of each interface: as the kernel uses it, and what it last advertised. A time that has no end is absent. */
export const ipv6Router = defineMeasurement({
  name: 'ipv6_router',
  en: 'IPv6 routers: what each advertises, and whether it is in use',
  zh: 'IPv6 路由器：各自的通告内容及是否在用',
  dataClass: 'internal',
  retention: 'metrics',
  tags: {
    interface: { en: 'Interface', zh: '接口' },
    router: { en: 'Address of the router', zh: '路由器地址' },
  },
  fields: {
    default_router: { type: 'boolean', en: 'The machine has a default route by it', zh: '本机有经由它的默认路由' },
    origin: { type: 'string', en: 'Origin of the route: ra, static, dhcp, …', zh: '路由来源：ra、static、dhcp 等' },
    metric: { type: 'number', kind: 'gauge', en: 'Metric of the route', zh: '路由度量值' },
    preference: {
      type: 'string',
      en: 'Preference: low, medium or high (RFC 4191)',
      zh: '优先级：low、medium 或 high（RFC 4191）',
    },
    lifetime_seconds: {
      type: 'number',
      unit: 's',
      kind: 'gauge',
      en: 'Life left as a default router; 0 when it has withdrawn',
      zh: '作为默认路由器的剩余寿命；已撤销时为 0',
    },
    heard_seconds: {
      type: 'number',
      unit: 's',
      kind: 'gauge',
      en: 'Time since its last advertisement that was heard',
      zh: '距上次收到其通告的时间',
    },
    managed: { type: 'boolean', en: 'Flag M: addresses by DHCPv6', zh: 'M 标志：通过 DHCPv6 获取地址' },
    other_config: { type: 'boolean', en: 'Flag O: other settings by DHCPv6', zh: 'O 标志：通过 DHCPv6 获取其他配置' },
    hop_limit: { type: 'number', kind: 'gauge', en: 'Hop limit for hosts', zh: '建议主机使用的跳数限制' },
    mtu_bytes: { type: 'number', unit: 'B', kind: 'gauge', en: 'MTU of the link as advertised', zh: '通告的链路 MTU' },
    reachable_ms: { type: 'number', unit: 'ms', kind: 'gauge', en: 'Reachable time', zh: '可达时间' },
    retransmit_ms: { type: 'number', unit: 'ms', kind: 'gauge', en: 'Retransmission time', zh: '重传时间' },
    prefix_count: { type: 'number', kind: 'gauge', en: 'Prefixes', zh: '前缀数' },
    deprecated_prefix_count: {
      type: 'number',
      kind: 'gauge',
      en: 'Prefixes that no new connection should use (preferred lifetime 0)',
      zh: '已弃用前缀数（优先寿命为 0）',
    },
    prefixes: {
      type: 'string',
      en: 'JSON list of prefix, on_link, autonomous, valid_seconds, preferred_seconds as advertised',
      zh: '通告前缀的 JSON 列表：prefix、on_link、autonomous、valid_seconds、preferred_seconds',
    },
    routes: {
      type: 'string',
      en: 'JSON list of prefix, preference, lifetime_seconds of more specific routes (RFC 4191)',
      zh: '更具体路由的 JSON 列表：prefix、preference、lifetime_seconds（RFC 4191）',
    },
    name_servers: {
      type: 'string',
      en: 'JSON list of address, lifetime_seconds of name servers (RDNSS, RFC 8106)',
      zh: '域名服务器的 JSON 列表：address、lifetime_seconds（RDNSS，RFC 8106）',
    },
    search_list: {
      type: 'string',
      en: 'JSON list of domains to search (DNSSL, RFC 8106)',
      zh: '搜索域的 JSON 列表（DNSSL，RFC 8106）',
    },
  },
});
