import type { Texts } from './messages.ts';
import type { networkEn } from './network-en.ts';

/** What the network is like, in Chinese. */
// biome-ignore format: related short texts stand on one line, so that the two languages compare at a glance
export const networkZhCn: Texts<typeof networkEn> = {
  path: {
    title: '路径质量', note: '实线为 IPv6，虚线为 IPv4；MOS 为语音估计值', rtt: '往返时延', jitter: '抖动', loss: '丢包率', mos: 'MOS',
    target_name: '目标', difference: 'IPv6 − IPv4', no_answer: '无应答', dns_server: 'DNS 服务器 {n}',
    target: { 'first-hop': '第一跳', gateway: '网关' },
    method: { stamp: 'STAMP', icmp: 'ICMP', tcp: 'TCP' },
    jitter_of: '抖动 {jitter}', loss_of: '丢包 {loss}', mos_of: 'MOS {mos}',
  },
  wifi: {
    title: '无线网络', interface: '接口', network: '网络', channel: '信道', utilisation: '信道利用率', signal: '信号', rate: '速率', clients: '客户端',
    mode: { station: '客户端', 'access-point': '接入点', mesh: '网状网', 'ad-hoc': '自组网', monitor: '监听', p2p: 'Wi-Fi 直连' },
    off: '已关闭', not_connected: '未连接', generation: 'Wi-Fi {n}', legacy: '802.11a/b/g',
    noise_of: '底噪 {noise}', retries: '重传 {share}',
  },
  cellular: {
    title: '4G 与 5G', modem: '调制解调器', operator: '运营商', addresses: '地址', traffic: '流量', carrier: '载波', band: '频段', cell: '小区',
    primary: '主载波', secondary: '辅载波 {n}',
    technology: { gsm: '2G', umts: '3G', lte: '4G LTE', 'nb-iot': 'NB-IoT', 'en-dc': '5G 非独立组网（EN-DC）', 'nr-sa': '5G 独立组网', nr: '5G NR' },
    registration: {
      home: '已注册', roaming: '漫游中', searching: '正在搜索', 'not-registered': '未注册', denied: '注册被拒绝', unknown: '注册状态未知',
      'home-sms-only': '仅短信', 'roaming-sms-only': '漫游，仅短信', 'emergency-only': '仅紧急呼叫',
    },
    sim: {
      absent: '没有 SIM 卡', 'pin-required': 'SIM 卡需要 PIN', 'puk-required': 'SIM 卡需要 PUK', 'pin2-required': 'SIM 卡需要 PIN2', 'puk2-required': 'SIM 卡需要 PUK2',
      locked: 'SIM 卡已锁定', busy: 'SIM 卡忙', failed: 'SIM 卡故障', 'not-ready': 'SIM 卡未就绪',
    },
  },
  ipv6_details: {
    title: 'IPv6：路由器、双栈对比、NAT64', routers: '路由器通告', router: '路由器', flags: '标志', prefixes: '前缀', dns: 'DNS', heard: '最近收到',
    in_use: '在用', not_in_use: '未使用', withdrawn: '已撤销', not_heard: '未收到', ago: '{duration}前',
    managed: 'M：通过 DHCPv6 获取地址', other_config: 'O：通过 DHCPv6 获取其他配置',
    preference: { low: '低优先级', medium: '中优先级', high: '高优先级' },
    targets: '同一目标的双栈对比', winner: '先连通者', nobody: '均未连通', fallback: 'IPv6 较慢或失败',
    outcome: { refused: '被拒绝', failed: '失败', 'no-address': '没有地址', open: '已连通' },
    path_mtu: '路径 MTU {bytes}', black_hole: '较大报文被丢弃', nat64: 'DNS64 与 NAT64', no_nat64: '无 DNS64',
    dad_failed: '{n} 个地址与其他机器冲突', unaddressed: '前缀 {prefix} 中没有地址',
    eui64: '{n} 个地址暴露 MAC', temporary: '{n} 个临时地址',
  },
  resolver: {
    title: 'DNS 应答', server: '服务器', question: '查询', answer: '应答', time: '用时', failures: '启动以来失败次数', failures_of: '{failed} / {asked}', wrong: '应答有误',
  },
  lease: {
    title: 'DHCP 租约', address: '地址', server: '服务器', router: '路由器', dns: 'DNS 服务器', time: '剩余', left_of: '{left}，共 {whole}',
  },
};
