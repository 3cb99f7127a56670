import type { Metric } from '../../contract/telemetry.ts';

type Undated = Omit<Metric, 'timestamp'>;

/** What the collectors of a box with everything report of one cycle; `at` counts the cycles, so that the lines move. */
export function networkPoints(at: number): Undated[] {
  const wave = (size: number): number => Number((size * Math.sin(at / 2)).toFixed(2));
  return [...paths(wave), ...wifi(wave), ...modem(wave), ...ipv6(), ...services(wave)];
}

type Wave = (size: number) => number;

function paths(wave: Wave): Undated[] {
  const point = (tags: Record<string, string>, fields: Record<string, string | number | boolean>): Undated => ({
    name: 'path',
    tags: { method: 'icmp', ...tags },
    fields,
  });
  const firstHop = { target: 'first-hop', role: 'first-hop' };
  const lesson = { target: 'live.example.edu.cn', role: 'lesson', method: 'stamp' };
  return [
    point(
      { ...firstHop, family: 'ipv4' },
      { address: '192.0.2.1', reachable: true, rtt_ms: 1.5, jitter_ms: 0.25, loss_percent: 0, mos: 4.4 },
    ),
    point(
      { ...firstHop, family: 'ipv6' },
      { address: 'fe80::1', reachable: false, sent_count: 20, loss_percent: 100, mos: 1 },
    ),
    point(firstHop, { loss_difference_percent: 100, mos_difference: -3.4 }),
    point(
      { ...lesson, family: 'ipv4' },
      { address: '198.51.100.9', reachable: true, rtt_ms: 24 + wave(3), jitter_ms: 2.5, loss_percent: 0, mos: 4.31 },
    ),
    point(
      { ...lesson, family: 'ipv6' },
      { address: '2001:db8::9', reachable: true, rtt_ms: 31.2 + wave(6), jitter_ms: 7, loss_percent: 5, mos: 3.72 },
    ),
    point(lesson, {
      rtt_difference_ms: 7.2,
      jitter_difference_ms: 4.5,
      loss_difference_percent: 5,
      mos_difference: -0.59,
    }),
  ];
}

function wifi(wave: Wave): Undated[] {
  return [
    {
      name: 'wifi',
      tags: { interface: 'wlan0', radio: 'phy0', mode: 'station' },
      fields: {
        ...{ ssid: '高一（3）班 "5G"', bssid: '02:00:5e:00:00:07', connected: true, channel: 36, frequency_mhz: 5180 },
        ...{ band: '5GHz', width_mhz: 80, channel_utilisation_percent: 63.5 + wave(20), noise_dbm: -93 },
        ...{ signal_dbm: -61 + wave(4), rx_rate_mbit_per_second: 864.7, tx_rate_mbit_per_second: 720.6 },
        ...{ tx_retry_percent: 3.2, generation: '6', radio_on: true },
      },
    },
    {
      name: 'wifi',
      tags: { interface: 'wlan1', radio: 'phy1', mode: 'access-point' },
      fields: {
        ...{ ssid: 'classroom-lab', channel: 6, frequency_mhz: 2437, band: '2.4GHz', width_mhz: 20, radio_on: true },
        ...{ channel_utilisation_percent: 91, radio_generation: '7', client_count: 41, client_legacy_count: 2 },
        ...{ client_wifi4_count: 5, client_wifi5_count: 11, client_wifi6_count: 20, client_wifi6e_count: 0 },
        ...{ client_wifi7_count: 3 },
      },
    },
  ];
}

function modem(wave: Wave): Undated[] {
  const carrier = (name: string, fields: Record<string, string | number>): Undated => ({
    name: 'cellular_carrier',
    tags: { modem: '1-1.3', carrier: name },
    fields,
  });
  return [
    {
      name: 'cellular',
      tags: { modem: '1-1.3' },
      fields: {
        ...{ source: 'at', manufacturer: 'Quectel', model: 'RM520N-GL', sim_state: 'ready', registration: 'home' },
        ...{ registered: true, roaming: false, technology: 'en-dc', operator: 'CHN-UNICOM', operator_code: '46001' },
        ...{ band: 'B3', rsrp_dbm: -91, temperature_celsius: 47, interface: 'wwan0', rx_bits_per_second: 12.5e6 },
        ...{ tx_bits_per_second: 1.25e6, ipv4_addresses: '["10.21.32.43"]' },
        ipv6_addresses: '["2001:db8:32a1:eca:18ca:b5ea:e4e9:a2ca"]',
      },
    },
    carrier('primary', {
      ...{ technology: 'lte', band: 'B3', bandwidth_mhz: 20, arfcn: 1650, pci: 211, rsrp_dbm: -91 + wave(5) },
      ...{ rsrq_db: -11, sinr_db: 14 + wave(6) },
    }),
    carrier('secondary-1', {
      ...{ technology: 'nr', band: 'n78', bandwidth_mhz: 100, arfcn: 627264, pci: 402, rsrp_dbm: -103 + wave(9) },
      ...{ rsrq_db: -12, sinr_db: 9.5 + wave(4) },
    }),
  ];
}

function ipv6(): Undated[] {
  const prefixes = [
    { prefix: '2001:db8:5::/64', on_link: true, autonomous: true, valid_seconds: 86400, preferred_seconds: 14400 },
    { prefix: '2001:db8:6::/64', on_link: true, autonomous: true, valid_seconds: 3600, preferred_seconds: 0 },
  ];
  return [
    {
      name: 'ipv6',
      tags: {},
      fields: {
        ...{ summary: 'reachable', level: 4, dad_failed_count: 1, eui64_count: 2, temporary_count: 1 },
        unaddressed_prefixes: '["2001:db8:6::/64"]',
      },
    },
    {
      name: 'ipv6_router',
      tags: { interface: 'eth0', router: 'fe80::2466:76ff:fe7f:c6e0' },
      fields: {
        ...{ default_router: true, preference: 'high', lifetime_seconds: 1500, heard_seconds: 42, managed: false },
        ...{ other_config: true, mtu_bytes: 1492, prefixes: JSON.stringify(prefixes), search_list: '["school.test"]' },
        name_servers: JSON.stringify([{ address: '2001:db8:5::53', lifetime_seconds: 300 }]),
      },
    },
    {
      name: 'ipv6_router',
      tags: { interface: 'eth0', router: 'fe80::dead:beef' },
      fields: { default_router: false, lifetime_seconds: 0, managed: true, other_config: true, prefixes: '[]' },
    },
    {
      name: 'ipv6_target',
      tags: { target: 'www.example.edu.cn:443' },
      fields: {
        ...{ winner: 'ipv4', fallback: true, connect_ms: 262, ipv6_address: '2001:db8::80', ipv6_outcome: 'failed' },
        ...{ ipv6_path_mtu_bytes: 1280, ipv6_mtu_black_hole: true, ipv4_address: '203.0.113.80' },
        ...{ ipv4_outcome: 'open', ipv4_connect_ms: 12.5, ipv4_path_mtu_bytes: 1500, ipv4_mtu_black_hole: false },
      },
    },
    {
      name: 'ipv6_dns',
      tags: { server: '2001:db8:5::53', family: 'ipv6' },
      fields: { answered: true, answer_ms: 8.25, rcode: 'NOERROR', dns64: true, nat64_prefixes: '["64:ff9b::/96"]' },
    },
  ];
}

function services(wave: Wave): Undated[] {
  return [
    {
      name: 'resolver',
      tags: { server: 'dns-1', family: 'ipv4', query: 'www.example.edu.cn', type: 'A' },
      fields: {
        ...{ address: '192.0.2.53', answered: true, answer_ms: 18 + wave(4), rcode: 'NOERROR', record_count: 1 },
        ...{ records: '["198.18.0.1"]', wrong: true, query_count: 120, failure_count: 3, wrong_count: 7 },
      },
    },
    {
      name: 'lease',
      tags: { interface: 'eth0', family: 'ipv4', client: 'systemd-networkd' },
      fields: {
        ...{ address: '192.0.2.77', prefix_length: 24, server: '192.0.2.2', routers: '["192.0.2.1"]' },
        ...{ dns_servers: '["192.0.2.53"]', lease_seconds: 7200, remaining_seconds: 5400 },
      },
    },
  ];
}
