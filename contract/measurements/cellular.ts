import { defineMeasurement } from '../measurement.ts';

/** What a point says of the cell and the signal, of the modem's primary carrier as of each carrier. */
const cell = {
  band: { type: 'string', en: 'Band: B3 of LTE, n78 of NR', zh: '频段：LTE 如 B3，NR 如 n78' },
  arfcn: {
    type: 'number',
    kind: 'gauge',
    en: 'Channel of the downlink: EARFCN, NR-ARFCN, UARFCN or ARFCN',
    zh: '下行频点：EARFCN、NR-ARFCN、UARFCN 或 ARFCN',
  },
  pci: { type: 'number', kind: 'gauge', en: 'Physical cell identity', zh: '物理小区标识（PCI）' },
  cell_id: { type: 'string', en: 'Cell identity, hexadecimal', zh: '小区标识（十六进制）' },
  tac: { type: 'string', en: 'Tracking or location area code, hexadecimal', zh: '跟踪区或位置区码（十六进制）' },
  bandwidth_mhz: { type: 'number', unit: 'MHz', kind: 'gauge', en: 'Bandwidth of the downlink', zh: '下行带宽' },
  subcarrier_spacing_khz: { type: 'number', unit: 'kHz', kind: 'gauge', en: 'Subcarrier spacing', zh: '子载波间隔' },
  duplex: { type: 'string', en: 'Duplex: fdd or tdd', zh: '双工方式：fdd 或 tdd' },
  rsrp_dbm: {
    type: 'number',
    unit: 'dBm',
    kind: 'gauge',
    en: 'Reference signal power (RSRP)',
    zh: '参考信号功率 RSRP',
  },
  rsrq_db: {
    type: 'number',
    unit: 'dB',
    kind: 'gauge',
    en: 'Reference signal quality (RSRQ)',
    zh: '参考信号质量 RSRQ',
  },
  sinr_db: {
    type: 'number',
    unit: 'dB',
    kind: 'gauge',
    en: 'Signal to interference and noise (SINR)',
    zh: '信干噪比 SINR',
  },
  rssi_dbm: { type: 'number', unit: 'dBm', kind: 'gauge', en: 'Received power (RSSI)', zh: '接收信号强度 RSSI' },
  rscp_dbm: { type: 'number', unit: 'dBm', kind: 'gauge', en: '3G: code power (RSCP)', zh: '3G 接收码功率 RSCP' },
  ecno_db: { type: 'number', unit: 'dB', kind: 'gauge', en: '3G: quality (Ec/N0)', zh: '3G 信号质量 Ec/N0' },
} as const;

const modemTag = {
  en: 'Modem: its USB port (1-1.3), or the name of the configured port',
  zh: '调制解调器：USB 端口（如 1-1.3），或所配置端口的名称',
} as const;

/** One point per modem. Identities of the SIM and of the modem (IMEI, IMSI, ICCID, phone number) are never asked for and never sent. */
export const cellular = defineMeasurement({
  name: 'cellular',
  en: 'Registration, operator, cell, signal, addresses and temperature of each 4G or 5G modem',
  zh: '各 4G/5G 调制解调器的注册状态、运营商、小区、信号、地址与温度',
  dataClass: 'internal',
  retention: 'metrics',
  tags: { modem: modemTag },
  fields: {
    source: {
      type: 'string',
      en: 'Who was asked: at (the modem) or modem-manager',
      zh: '数据来源：at（调制解调器）或 modem-manager',
    },
    manufacturer: { type: 'string', en: 'Manufacturer', zh: '制造商' },
    model: { type: 'string', en: 'Model', zh: '型号' },
    firmware: { type: 'string', en: 'Firmware', zh: '固件版本' },
    sim_state: {
      type: 'string',
      en: 'ready, absent, pin-required, puk-required, pin2-required, puk2-required, locked, busy, failed or not-ready',
      zh: 'SIM 卡状态：ready、absent、pin-required、puk-required、pin2-required、puk2-required、locked、busy、failed 或 not-ready',
    },
    registration: {
      type: 'string',
      en: 'home, roaming, searching, not-registered, denied, unknown, home-sms-only, roaming-sms-only or emergency-only',
      zh: '注册状态：home、roaming、searching、not-registered、denied、unknown、home-sms-only、roaming-sms-only 或 emergency-only',
    },
    registered: { type: 'boolean', en: 'Registered for data', zh: '已注册数据业务' },
    roaming: { type: 'boolean', en: 'Registered in a network other than its own', zh: '漫游中' },
    technology: {
      type: 'string',
      en: 'gsm, umts, lte, nb-iot, en-dc (LTE with NR) or nr-sa',
      zh: '网络制式：gsm、umts、lte、nb-iot、en-dc（LTE 与 NR 双连接）或 nr-sa（独立组网）',
    },
    operator: { type: 'string', en: 'Operator', zh: '运营商' },
    operator_code: { type: 'string', en: 'Code of the operator (PLMN)', zh: '运营商代码（PLMN）' },
    ...cell,
    signal_percent: {
      type: 'number',
      unit: '%',
      kind: 'gauge',
      en: 'Signal as ModemManager rates it',
      zh: 'ModemManager 评定的信号强度',
    },
    carrier_count: {
      type: 'number',
      kind: 'gauge',
      en: 'Carriers in use, each with a point of `cellular_carrier`',
      zh: '使用中的载波数，各有一个 cellular_carrier 数据点',
    },
    neighbour_count: { type: 'number', kind: 'gauge', en: 'Neighbour cells', zh: '邻区数' },
    neighbours: {
      type: 'string',
      en: 'JSON list of neighbour cells: technology, arfcn, pci, band, rsrp_dbm, rsrq_db, sinr_db, rssi_dbm',
      zh: '邻区的 JSON 列表：technology、arfcn、pci、band、rsrp_dbm、rsrq_db、sinr_db、rssi_dbm',
    },
    ipv4_address_count: { type: 'number', kind: 'gauge', en: 'IPv4 addresses', zh: 'IPv4 地址数' },
    ipv6_address_count: {
      type: 'number',
      kind: 'gauge',
      en: 'IPv6 addresses, link-local ones left out',
      zh: 'IPv6 地址数（不含链路本地地址）',
    },
    ipv4_addresses: { type: 'string', en: 'JSON list of IPv4 addresses', zh: 'IPv4 地址的 JSON 列表' },
    ipv6_addresses: { type: 'string', en: 'JSON list of IPv6 addresses', zh: 'IPv6 地址的 JSON 列表' },
    pdp_contexts: {
      type: 'string',
      en: 'JSON list of connections: cid, apn, active, ipv4, ipv6, dns',
      zh: '数据连接（PDP 上下文）的 JSON 列表：cid、apn、active、ipv4、ipv6、dns',
    },
    temperature_celsius: { type: 'number', unit: '°C', kind: 'gauge', en: 'Warmest sensor', zh: '最高温度' },
    temperatures: {
      type: 'string',
      en: 'JSON list of sensor, celsius',
      zh: '各传感器温度的 JSON 列表：sensor、celsius',
    },
    interface: { type: 'string', en: 'Network interface of the modem', zh: '调制解调器的网络接口' },
    rx_bytes: { type: 'number', unit: 'B', kind: 'counter', en: 'Received', zh: '接收字节' },
    tx_bytes: { type: 'number', unit: 'B', kind: 'counter', en: 'Sent', zh: '发送字节' },
    rx_bits_per_second: { type: 'number', unit: 'bit/s', kind: 'gauge', en: 'Download', zh: '下行速率' },
    tx_bits_per_second: { type: 'number', unit: 'bit/s', kind: 'gauge', en: 'Upload', zh: '上行速率' },
    rx_limit_bits_per_second: {
      type: 'number',
      unit: 'bit/s',
      kind: 'gauge',
      en: 'Download that the network allows (AMBR)',
      zh: '网络允许的下行速率（AMBR）',
    },
    tx_limit_bits_per_second: {
      type: 'number',
      unit: 'bit/s',
      kind: 'gauge',
      en: 'Upload that the network allows (AMBR)',
      zh: '网络允许的上行速率（AMBR）',
    },
    not_understood_count: {
      type: 'number',
      kind: 'gauge',
      en: 'Values in the answers that were not understood: `campus-edge decode` names them',
      zh: '应答中无法理解的值的数量；campus-edge decode 会逐一指出',
    },
  },
});

/** One point per carrier in use: one without aggregation, the LTE anchor and NR in EN-DC, each component with aggregation. */
export const cellularCarrier = defineMeasurement({
  name: 'cellular_carrier',
  en: 'Cell and signal of each carrier that a modem uses',
  zh: '调制解调器所用各载波的小区与信号',
  dataClass: 'internal',
  retention: 'metrics',
  tags: {
    modem: modemTag,
    carrier: { en: 'primary, secondary-1, secondary-2, …', zh: '载波：primary、secondary-1、secondary-2……' },
  },
  fields: {
    technology: { type: 'string', en: 'gsm, umts, lte or nr', zh: '制式：gsm、umts、lte 或 nr' },
    ...cell,
  },
});
