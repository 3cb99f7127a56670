import { defineMeasurement } from '../measurement.ts';

/**
 * One point for the device, without an `interface` tag, and one per interface that has IPv6 enabled.
 * `level` orders `summary`: none 0, link-local 1, addressed 2, routed 3, reachable 4.
 */
export const ipv6 = defineMeasurement({
  name: 'ipv6',
  en: 'IPv6 addresses, routers, name servers and share of traffic',
  zh: 'IPv6 地址、路由器、域名服务器与流量占比',
  dataClass: 'internal',
  retention: 'metrics',
  tags: {
    interface: { en: 'Interface; absent on the point for the whole device', zh: '接口；整机的数据点没有此标签' },
  },
  fields: {
    summary: {
      type: 'string',
      en: 'none, link-local, addressed, routed or reachable',
      zh: '无、仅链路本地、有地址、有路由、可达',
    },
    level: { type: 'number', kind: 'gauge', en: 'The summary as a number, 0 to 4', zh: '状态等级，0 到 4' },
    addresses: {
      type: 'string',
      en: 'JSON list of address, prefix_length, scope, origin, temporary, deprecated, tentative, dad_failed, interface',
      zh: '地址的 JSON 列表：address、prefix_length、scope、origin、temporary、deprecated、tentative、dad_failed、interface',
    },
    global_count: { type: 'number', kind: 'gauge', en: 'Global addresses', zh: '全球单播地址数' },
    ula_count: {
      type: 'number',
      kind: 'gauge',
      en: 'Unique local addresses (RFC 4193)',
      zh: '唯一本地地址数（RFC 4193）',
    },
    link_local_count: { type: 'number', kind: 'gauge', en: 'Link-local addresses', zh: '链路本地地址数' },
    temporary_count: {
      type: 'number',
      kind: 'gauge',
      en: 'Temporary addresses (RFC 8981)',
      zh: '临时地址数（RFC 8981）',
    },
    deprecated_count: { type: 'number', kind: 'gauge', en: 'Deprecated addresses', zh: '已弃用地址数' },
    tentative_count: {
      type: 'number',
      kind: 'gauge',
      en: 'Addresses whose duplicate address detection goes on (RFC 4862 §5.4)',
      zh: '正在进行重复地址检测的地址数（RFC 4862 §5.4）',
    },
    dad_failed_count: {
      type: 'number',
      kind: 'gauge',
      en: 'Addresses that another machine has, too: duplicate address detection failed',
      zh: '重复地址检测失败的地址数（其他主机已使用）',
    },
    eui64_count: {
      type: 'number',
      kind: 'gauge',
      en: 'Global and unique local addresses that show the MAC address of the interface (EUI-64)',
      zh: '暴露接口 MAC 的全球与唯一本地地址数（EUI-64）',
    },
    slaac_count: { type: 'number', kind: 'gauge', en: 'Addresses by SLAAC (RFC 4862)', zh: 'SLAAC 地址数（RFC 4862）' },
    dhcpv6_count: {
      type: 'number',
      kind: 'gauge',
      en: 'Addresses by DHCPv6 (RFC 8415)',
      zh: 'DHCPv6 地址数（RFC 8415）',
    },
    static_count: { type: 'number', kind: 'gauge', en: 'Addresses set by hand', zh: '静态地址数' },
    default_router_count: { type: 'number', kind: 'gauge', en: 'Default routers', zh: '默认路由器数' },
    default_routers: {
      type: 'string',
      en: 'JSON list of address, interface, metric, origin, preference, lifetime_seconds',
      zh: '默认路由器的 JSON 列表：address、interface、metric、origin、preference、lifetime_seconds',
    },
    router_lifetime_seconds: {
      type: 'number',
      unit: 's',
      kind: 'gauge',
      en: 'Longest life left of a default router',
      zh: '默认路由器剩余寿命（最长）',
    },
    ra_managed: {
      type: 'boolean',
      en: 'A router says that addresses are to be had by DHCPv6 (flag M)',
      zh: '有路由器通告通过 DHCPv6 获取地址（M 标志）',
    },
    ra_other_config: {
      type: 'boolean',
      en: 'A router says that other settings are to be had by DHCPv6 (flag O)',
      zh: '有路由器通告通过 DHCPv6 获取其他配置（O 标志）',
    },
    ra_name_servers: {
      type: 'string',
      en: 'JSON list of the name servers that routers advertise (RDNSS, RFC 8106)',
      zh: '路由器通告的域名服务器的 JSON 列表（RDNSS，RFC 8106）',
    },
    ra_name_server_count: {
      type: 'number',
      kind: 'gauge',
      en: 'Name servers that routers advertise',
      zh: '路由器通告的域名服务器数',
    },
    unaddressed_prefixes: {
      type: 'string',
      en: 'JSON list of prefixes advertised for SLAAC in which the interface has no address: refused, or lost to a duplicate',
      zh: '已通告 SLAAC 但接口没有地址的前缀的 JSON 列表：被拒绝或地址冲突',
    },
    dns_ipv4_count: { type: 'number', kind: 'gauge', en: 'Name servers over IPv4', zh: 'IPv4 域名服务器数' },
    dns_ipv6_count: { type: 'number', kind: 'gauge', en: 'Name servers over IPv6', zh: 'IPv6 域名服务器数' },
    dns_servers: { type: 'string', en: 'JSON list of name servers', zh: '域名服务器的 JSON 列表' },
    reachable_target: { type: 'string', en: 'The target that answered over IPv6', zh: '经 IPv6 应答的目标' },
    forwarding: { type: 'boolean', en: 'Forwards IPv6 packets', zh: '转发 IPv6' },
    accept_ra: {
      type: 'number',
      kind: 'gauge',
      en: 'accept_ra: 0 never, 1 unless forwarding, 2 always',
      zh: 'accept_ra：0 不接受，1 不转发时接受，2 总是接受',
    },
    use_tempaddr: {
      type: 'number',
      kind: 'gauge',
      en: 'use_tempaddr: 0 or less no temporary addresses, 1 made, 2 made and preferred',
      zh: 'use_tempaddr：0 或更小不使用临时地址，1 生成，2 生成并优先使用',
    },
    mtu_bytes: { type: 'number', unit: 'B', kind: 'gauge', en: 'MTU of the link for IPv6', zh: '链路的 IPv6 MTU' },
    ra_received: { type: 'number', kind: 'counter', en: 'Router advertisements received', zh: '收到的路由器通告数' },
    ipv6_rx_bytes: { type: 'number', unit: 'B', kind: 'counter', en: 'Received over IPv6', zh: 'IPv6 接收字节' },
    ipv6_tx_bytes: { type: 'number', unit: 'B', kind: 'counter', en: 'Sent over IPv6', zh: 'IPv6 发送字节' },
    ipv4_rx_bytes: { type: 'number', unit: 'B', kind: 'counter', en: 'Received over IPv4', zh: 'IPv4 接收字节' },
    ipv4_tx_bytes: { type: 'number', unit: 'B', kind: 'counter', en: 'Sent over IPv4', zh: 'IPv4 发送字节' },
    traffic_share_percent: {
      type: 'number',
      unit: '%',
      kind: 'gauge',
      en: 'IPv6 share of all IP bytes received since boot',
      zh: '自开机以来接收字节中的 IPv6 占比',
    },
    traffic_share_interval_percent: {
      type: 'number',
      unit: '%',
      kind: 'gauge',
      en: 'IPv6 share of all IP bytes in the last interval, both ways',
      zh: '最近一个周期双向字节中的 IPv6 占比',
    },
  },
});

/** The values of `summary`, in the order of `level`. */
export const ipv6Summaries = ['none', 'link-local', 'addressed', 'routed', 'reachable'] as const;
export type Ipv6Summary = (typeof ipv6Summaries)[number];
