import { defineMeasurement, type FieldSpec } from '../measurement.ts';

/** The generations of Wi-Fi, oldest first: 802.11a/b/g, n, ac, ax, ax in the 6 GHz band, be. */
export const wifiGenerations = ['legacy', '4', '5', '6', '6E', '7'] as const;
export type WifiGeneration = (typeof wifiGenerations)[number];

const generation = {
  type: 'string',
  en: 'Generation: legacy, 4, 5, 6, 6E or 7',
  zh: '代际：legacy、4、5、6、6E 或 7',
} as const satisfies FieldSpec;

/** What is known of a connection to another radio, be it the access point or a client. */
const connection = {
  signal_dbm: { type: 'number', unit: 'dBm', kind: 'gauge', en: 'Signal', zh: '信号强度' },
  signal_average_dbm: { type: 'number', unit: 'dBm', kind: 'gauge', en: 'Signal, average', zh: '平均信号强度' },
  rx_rate_mbit_per_second: { type: 'number', unit: 'Mbit/s', kind: 'gauge', en: 'Receive rate', zh: '接收速率' },
  tx_rate_mbit_per_second: { type: 'number', unit: 'Mbit/s', kind: 'gauge', en: 'Send rate', zh: '发送速率' },
  rx_modulation: {
    type: 'string',
    en: 'Modulation received: legacy, ht, vht, he, eht or s1g',
    zh: '接收调制：legacy、ht、vht、he、eht 或 s1g',
  },
  tx_modulation: {
    type: 'string',
    en: 'Modulation sent: legacy, ht, vht, he, eht or s1g',
    zh: '发送调制：legacy、ht、vht、he、eht 或 s1g',
  },
  rx_mcs: { type: 'number', kind: 'gauge', en: 'MCS index received', zh: '接收 MCS 索引' },
  tx_mcs: { type: 'number', kind: 'gauge', en: 'MCS index sent', zh: '发送 MCS 索引' },
  rx_nss: { type: 'number', kind: 'gauge', en: 'Spatial streams received', zh: '接收空间流数' },
  tx_nss: { type: 'number', kind: 'gauge', en: 'Spatial streams sent', zh: '发送空间流数' },
  rx_width_mhz: { type: 'number', unit: 'MHz', kind: 'gauge', en: 'Width received', zh: '接收带宽' },
  tx_width_mhz: { type: 'number', unit: 'MHz', kind: 'gauge', en: 'Width sent', zh: '发送带宽' },
  rx_guard_interval_us: {
    type: 'number',
    unit: 'µs',
    kind: 'gauge',
    en: 'Guard interval received',
    zh: '接收保护间隔',
  },
  tx_guard_interval_us: { type: 'number', unit: 'µs', kind: 'gauge', en: 'Guard interval sent', zh: '发送保护间隔' },
  rx_dcm: { type: 'boolean', en: 'Dual carrier modulation received', zh: '接收双载波调制' },
  tx_dcm: { type: 'boolean', en: 'Dual carrier modulation sent', zh: '发送双载波调制' },
  rx_bytes: { type: 'number', unit: 'B', kind: 'counter', en: 'Received', zh: '接收字节' },
  tx_bytes: { type: 'number', unit: 'B', kind: 'counter', en: 'Sent', zh: '发送字节' },
  rx_packets: { type: 'number', kind: 'counter', en: 'Packets received', zh: '接收包数' },
  tx_packets: { type: 'number', kind: 'counter', en: 'Packets sent', zh: '发送包数' },
  tx_retries: { type: 'number', kind: 'counter', en: 'Packets sent again', zh: '重传次数' },
  tx_failed: { type: 'number', kind: 'counter', en: 'Packets given up', zh: '发送失败包数' },
  tx_retry_percent: {
    type: 'number',
    unit: '%',
    kind: 'gauge',
    en: 'Retries of all transmissions in the last interval',
    zh: '最近一个周期的重传率',
  },
  inactive_ms: { type: 'number', unit: 'ms', kind: 'gauge', en: 'Time since it was last heard', zh: '距上次活动' },
  connected_seconds: { type: 'number', unit: 's', kind: 'gauge', en: 'Time since it connected', zh: '已连接时长' },
} as const satisfies Record<string, FieldSpec>;

/** One point per Wi-Fi interface (nl80211 by `iw`, or OpenWrt's ubus): its channel, its connection, its clients. */
export const wifi = defineMeasurement({
  name: 'wifi',
  en: 'Channel, connection, use of the air and number of clients of each Wi-Fi interface',
  zh: '各无线接口的信道、连接、空口利用率与客户端数',
  dataClass: 'internal',
  retention: 'metrics',
  tags: {
    interface: { en: 'Interface', zh: '接口' },
    radio: { en: 'Radio, such as phy0', zh: '射频，如 phy0' },
    mode: {
      en: 'station, access-point, mesh, ad-hoc, monitor, p2p or other',
      zh: '工作模式：station、access-point、mesh、ad-hoc、monitor、p2p 或 other',
    },
  },
  fields: {
    ssid: {
      type: 'string',
      en: 'Name of the network; bytes that are no UTF-8 text stand as \\xNN',
      zh: '网络名称；非 UTF-8 字节写作 \\xNN',
    },
    bssid: { type: 'string', en: 'Address of the access point', zh: '接入点地址' },
    connected: { type: 'boolean', en: 'Connected to an access point', zh: '已连接接入点' },
    channel: { type: 'number', kind: 'gauge', en: 'Channel', zh: '信道' },
    frequency_mhz: { type: 'number', unit: 'MHz', kind: 'gauge', en: 'Frequency', zh: '频率' },
    band: {
      type: 'string',
      en: 'Band: 2.4GHz, 5GHz, 6GHz, 60GHz or sub-1GHz',
      zh: '频段：2.4GHz、5GHz、6GHz、60GHz 或 sub-1GHz',
    },
    width_mhz: { type: 'number', unit: 'MHz', kind: 'gauge', en: 'Channel width', zh: '信道带宽' },
    center1_mhz: { type: 'number', unit: 'MHz', kind: 'gauge', en: 'Centre frequency', zh: '中心频率' },
    center2_mhz: {
      type: 'number',
      unit: 'MHz',
      kind: 'gauge',
      en: 'Centre frequency of the second part (80+80 MHz)',
      zh: '第二段中心频率（80+80 MHz）',
    },
    tx_power_dbm: { type: 'number', unit: 'dBm', kind: 'gauge', en: 'Transmit power', zh: '发射功率' },
    generation,
    radio_on: {
      type: 'boolean',
      en: 'The radio is switched on: not blocked by a key or by software (rfkill), not disabled',
      zh: '射频已开启：未被硬件开关或软件（rfkill）阻止，未停用',
    },
    radio_generation: {
      type: 'string',
      en: 'Newest generation that the radio can do: 4, 5, 6, 6E or 7',
      zh: '射频支持的最高代际：4、5、6、6E 或 7',
    },
    radio_bands: {
      type: 'string',
      en: 'Bands that the radio may use, such as "2.4GHz 5GHz"',
      zh: '射频可用频段，如 "2.4GHz 5GHz"',
    },
    ...connection,
    beacon_loss: { type: 'number', kind: 'counter', en: 'Times that beacons stayed away', zh: '信标丢失次数' },
    noise_dbm: { type: 'number', unit: 'dBm', kind: 'gauge', en: 'Noise', zh: '底噪' },
    channel_in_use: { type: 'boolean', en: 'The channel is the one in use', zh: '为当前使用的信道' },
    channel_active_ms: { type: 'number', unit: 'ms', kind: 'counter', en: 'Time on the channel', zh: '信道监听时间' },
    channel_busy_ms: {
      type: 'number',
      unit: 'ms',
      kind: 'counter',
      en: 'Time that the channel was busy',
      zh: '信道忙时间',
    },
    channel_receive_ms: { type: 'number', unit: 'ms', kind: 'counter', en: 'Time spent receiving', zh: '接收时间' },
    channel_transmit_ms: { type: 'number', unit: 'ms', kind: 'counter', en: 'Time spent sending', zh: '发送时间' },
    channel_utilisation_percent: {
      type: 'number',
      unit: '%',
      kind: 'gauge',
      en: 'Channel utilisation: busy time of the time on the channel, in the last interval',
      zh: '信道利用率：最近一个周期信道忙时间占比',
    },
    client_count: { type: 'number', kind: 'gauge', en: 'Clients that may use the network', zh: '已授权的客户端数' },
    client_legacy_count: { type: 'number', kind: 'gauge', en: 'Clients of 802.11a/b/g', zh: '802.11a/b/g 客户端数' },
    client_wifi4_count: { type: 'number', kind: 'gauge', en: 'Clients of Wi-Fi 4', zh: 'Wi-Fi 4 客户端数' },
    client_wifi5_count: { type: 'number', kind: 'gauge', en: 'Clients of Wi-Fi 5', zh: 'Wi-Fi 5 客户端数' },
    client_wifi6_count: { type: 'number', kind: 'gauge', en: 'Clients of Wi-Fi 6', zh: 'Wi-Fi 6 客户端数' },
    client_wifi6e_count: { type: 'number', kind: 'gauge', en: 'Clients of Wi-Fi 6E', zh: 'Wi-Fi 6E 客户端数' },
    client_wifi7_count: { type: 'number', kind: 'gauge', en: 'Clients of Wi-Fi 7', zh: 'Wi-Fi 7 客户端数' },
  },
});

/** One point per client of an access point that runs on the device. The client is somebody's: it stands by its pseudonym alone. */
export const wifiClient = defineMeasurement({
  name: 'wifi_client',
  en: 'Clients of an access point on the device, by pseudonym',
  zh: '设备上接入点的客户端（以假名标识）',
  dataClass: 'personal',
  retention: 'client',
  tags: {
    client: {
      en: "Pseudonym: HMAC of the address under the site's key, 16 digits",
      zh: '假名：以站点密钥对地址计算的 HMAC，16 位',
    },
    interface: { en: 'Interface of the access point', zh: '接入点接口' },
  },
  fields: {
    generation,
    band: {
      type: 'string',
      en: 'Band: 2.4GHz, 5GHz, 6GHz, 60GHz or sub-1GHz',
      zh: '频段：2.4GHz、5GHz、6GHz、60GHz 或 sub-1GHz',
    },
    authorized: { type: 'boolean', en: 'May use the network', zh: '已授权' },
    ...connection,
  },
});
