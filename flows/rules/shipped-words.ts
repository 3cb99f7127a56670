import type { LocalText } from '../../contract/alert.ts';

/** What a rule that ships is called in its alerts, and what a network teacher can do about them. */
export interface ShippedWords {
  title: LocalText;
  advice: LocalText;
}

const words = (zh: [string, string], en: [string, string]): ShippedWords => ({
  title: { 'zh-CN': zh[0], en: en[0] },
  advice: { 'zh-CN': zh[1], en: en[1] },
});

/** By rule; those with a whole text of their own are in `texts.ts`. */
export const shippedWords: Readonly<Record<string, ShippedWords>> = {
  'cpu-busy': words(
    ['处理器繁忙', '请查看是哪个程序占用，必要时重启设备。'],
    ['CPU busy', 'See which program takes it; restart the device if need be.'],
  ),
  'temperature-high': words(
    ['温度过高', '设备可能降速或关机，请检查通风、灰尘与风扇。'],
    ['Too hot', 'It may slow down or switch off: check its ventilation, dust and fan.'],
  ),
  'inodes-nearly-used': words(
    ['索引节点将用尽', '小文件过多，请清理缓存与日志目录。'],
    ['Inodes nearly used up', 'There are too many small files: clean up caches and logs.'],
  ),
  'disk-full-forecast': words(
    ['磁盘即将写满', '请查看是什么在增长，提前清理或扩容。'],
    ['Disk will be full', 'See what grows, and clean up or extend it in time.'],
  ),
  'link-down': words(
    ['网线断开', '请检查网线、水晶头与对端交换机端口；若为有意拔出，请关闭此告警。'],
    ['Link down', 'Check the cable, its plugs and the switch port; close this alert if it was unplugged on purpose.'],
  ),
  'link-flapping': words(
    ['链路频繁通断', '请更换网线或交换机端口。'],
    ['Link flapping', 'Try another cable or switch port.'],
  ),
  'traffic-unusual': words(
    ['流量异常', '请查看是谁在下载，或是否有设备感染。'],
    ['Unusual traffic', 'See who loads down, and whether a device is infected.'],
  ),
  'ipv6-mtu-black-hole': words(
    ['IPv6 大包丢失', '请让上联路由器放行 ICMPv6“包过大”通知，或调低 MTU。'],
    ['Large IPv6 packets vanish', 'Have the router pass ICMPv6 "packet too big", or lower the MTU.'],
  ),
  'path-lost': words(
    ['网络不通', '请检查该目标与沿途设备。'],
    ['No path', 'Check this target and what lies before it.'],
  ),
  'path-loss': words(
    ['丢包', '请检查网线、无线信号与上联线路是否拥塞。'],
    ['Packets are lost', 'Check cables, Wi-Fi signal and whether the uplink is congested.'],
  ),
  'path-slow': words(
    ['网络时延大', '请检查上联线路是否拥塞。'],
    ['Slow path', 'Check whether the uplink is congested.'],
  ),
  'lesson-quality-poor': words(
    ['直播课质量差', '数值为语音估计值。请检查丢包、时延与抖动。'],
    ['Live lessons suffer', 'The figure is an estimate for voice: look at loss, round trip and jitter.'],
  ),
  'wifi-channel-busy': words(
    ['无线信道拥塞', '请更换信道，或减少同信道接入点。'],
    ['Wi-Fi channel busy', 'Change the channel, or have fewer access points on it.'],
  ),
  'wifi-signal-weak': words(
    ['无线信号弱', '请调整设备或接入点位置。'],
    ['Weak Wi-Fi', 'Move the device or the access point.'],
  ),
  'cellular-signal-weak': words(['移动网络信号弱', '请调整天线位置。'], ['Weak 4G/5G signal', 'Move the antenna.']),
  'cellular-unregistered': words(
    ['移动网络掉线', '请检查 SIM 卡、资费与天线。'],
    ['4G/5G not registered', 'Check the SIM card, its contract and the antenna.'],
  ),
  'resolver-failing': words(
    ['DNS 无应答', '请检查该 DNS 服务器，或在路由器上换用其他服务器。'],
    ['DNS does not answer', 'Check this name server, or have the router tell another one.'],
  ),
  'resolver-wrong': words(
    ['DNS 应答有误', '可能被劫持，请核对路由器下发的 DNS 服务器。'],
    ['DNS answers wrongly', 'It may be hijacked: compare the name servers that the router tells.'],
  ),
  'lease-running-out': words(
    ['DHCP 租约将到期', '续租失败，请检查 DHCP 服务器与地址池。'],
    ['DHCP lease runs out', 'It was not renewed: check the DHCP server and its pool.'],
  ),
  'throughput-low': words(
    ['带宽不足', '不足以上一节高清直播课，请联系运营商或检查线路。'],
    ['Throughput too low', 'A live lesson in 1080p needs more: check the line, or ask the provider.'],
  ),
  'collector-failing': words(
    ['采集失败', '请在设备页查看错误信息。'],
    ['Collector fails', "The device's page shows its error."],
  ),
  'samples-given-up': words(
    ['采集数据丢失', '与网关断开过久，或磁盘已满。'],
    ['Measurements were given up', 'The gateway was away for too long, or the disk is full.'],
  ),
  'many-devices-offline': words(
    ['大批设备离线', '多为停电或交换机故障，请先检查共用的电源与交换机。'],
    ['Many devices offline', 'Look for what they share first: power, or a switch.'],
  ),
  'many-rooms-losing-packets': words(
    ['多个教室丢包', '请先检查共用的交换机与上联线路。'],
    ['Many rooms lose packets', 'Look for what they share first: a switch, or the uplink.'],
  ),
};
