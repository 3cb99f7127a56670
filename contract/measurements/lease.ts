import { defineMeasurement } from '../measurement.ts';

/** One point for each address that a DHCP client has leased and the machine uses. */
export const lease = defineMeasurement({
  name: 'lease',
  en: 'Addresses leased by DHCP: from whom, for how long, with what',
  zh: 'DHCP 租约：来源、时长与所下发的参数',
  dataClass: 'internal',
  retention: 'metrics',
  tags: {
    interface: { en: 'Interface', zh: '接口' },
    family: { en: 'ipv4 (DHCP) or ipv6 (DHCPv6)', zh: '地址族：ipv4（DHCP）或 ipv6（DHCPv6）' },
    client: { en: 'systemd-networkd or dhclient', zh: '客户端：systemd-networkd 或 dhclient' },
  },
  fields: {
    address: { type: 'string', en: 'Leased address', zh: '租用的地址' },
    prefix_length: { type: 'number', kind: 'gauge', en: 'Length of its network prefix', zh: '网络前缀长度' },
    server: { type: 'string', en: 'DHCP server', zh: 'DHCP 服务器' },
    routers: { type: 'string', en: 'Routers that it told, as JSON', zh: '所下发的路由器（JSON）' },
    dns_servers: { type: 'string', en: 'Name servers that it told, as JSON', zh: '所下发的 DNS 服务器（JSON）' },
    domain: { type: 'string', en: 'Domain that it told', zh: '所下发的域名' },
    lease_seconds: { type: 'number', unit: 's', kind: 'gauge', en: 'How long the lease lasts', zh: '租约时长' },
    renew_seconds: {
      type: 'number',
      unit: 's',
      kind: 'gauge',
      en: 'After how long it is renewed (T1)',
      zh: '续租时间（T1）',
    },
    rebind_seconds: {
      type: 'number',
      unit: 's',
      kind: 'gauge',
      en: 'After how long any server is asked (T2)',
      zh: '重新绑定时间（T2）',
    },
    remaining_seconds: { type: 'number', unit: 's', kind: 'gauge', en: 'What is left of it', zh: '剩余时间' },
  },
});
