import { describe, expect, test } from 'vitest';
import { decodeWifi } from '../../../agent/collectors/wifi/decode.ts';
import { fixture } from '../tree.ts';

const read = (...names: string[]): string => names.map((name) => fixture(`wifi/${name}`)).join('\n');

/** What is said of an interface, or of one client of it. */
function fieldsOf(text: string, tags: Record<string, string>) {
  const found = decodeWifi(text).metrics.filter((metric) =>
    Object.entries(tags).every(([tag, value]) => metric.tags[tag] === value),
  );
  expect(found).toHaveLength(1);
  return found[0]?.fields;
}

describe('outputs one after another make one point of each interface', () => {
  const text = read(
    'iw-dev',
    'iw-station-dump-managed',
    'iw-survey-dump',
    'iw-station-dump-ap',
    'hostapd-status',
    'hostapd-all-sta',
  );

  test('of a station', () => {
    expect(fieldsOf(text, { interface: 'wlan1', radio: 'phy1', mode: 'station' })).toMatchObject({
      ...{ ssid: '实验 "楼" 5G ', bssid: '02:00:00:00:0a:01', connected: true, generation: '6' },
      ...{ channel: 36, frequency_mhz: 5180, band: '5GHz', width_mhz: 80, center1_mhz: 5210, tx_power_dbm: 22.5 },
      ...{ signal_dbm: -51, signal_average_dbm: -52, noise_dbm: -92, tx_retries: 12, tx_failed: 3, beacon_loss: 4 },
      ...{
        tx_rate_mbit_per_second: 1200.9,
        tx_modulation: 'he',
        tx_mcs: 11,
        tx_nss: 2,
        tx_width_mhz: 80,
        tx_dcm: false,
      },
      ...{ rx_rate_mbit_per_second: 866.7, rx_modulation: 'vht', rx_mcs: 9, rx_guard_interval_us: 0.4 },
      ...{ channel_busy_ms: 40_000, channel_active_ms: 100_000, channel_utilisation_percent: 40 },
    });
  });

  test('of an access point, with its clients by what they can do rather than by their last frame', () => {
    expect(fieldsOf(text, { interface: 'wlan0', mode: 'access-point' })).toMatchObject({
      ...{ ssid: 'Room 301', bssid: '02:00:00:00:00:00', generation: '6', channel: 6, width_mhz: 40 },
      ...{ client_count: 2, client_legacy_count: 1, client_wifi4_count: 0, client_wifi6_count: 1 },
    });
    expect(fieldsOf(text, { client: 'client-1' })).toMatchObject({
      ...{ generation: '6', band: '2.4GHz', signal_dbm: -60, tx_retries: 5, tx_modulation: 'ht', authorized: true },
    });
    expect(fieldsOf(text, { client: 'client-2' })).toMatchObject({ generation: '6', tx_dcm: true, authorized: false });
    expect(fieldsOf(text, { client: 'client-3' })).toMatchObject({ generation: 'legacy', tx_rate_mbit_per_second: 54 });
    expect(fieldsOf(text, { client: 'client-4' })).not.toHaveProperty('generation', expect.anything());
  });

  test('and no address of a client', () => {
    expect(JSON.stringify(decodeWifi(text))).not.toMatch(/02:00:00:00:0c/i);
  });
});

test('iw link alone', () => {
  const tags = { interface: 'wlan1', mode: 'station' };
  expect(fieldsOf(read('iw-link'), tags)).toMatchObject({ generation: '6', channel: 36, rx_mcs: 9 });
  expect(fieldsOf(read('iw-link-mld'), { interface: 'wlan2' })).toMatchObject({
    ...{ generation: '7', band: '6GHz', channel: 37, rx_width_mhz: 160, tx_width_mhz: 320, ssid: 'lab' },
  });
  expect(decodeWifi('Not connected.\n').metrics).toEqual([
    { name: 'wifi', tags: { mode: 'station' }, fields: { connected: false } },
  ]);
});

test('radios and networks around', () => {
  expect(fieldsOf(read('iw-phy'), { radio: 'phy1' })).toEqual({ radio_generation: '6', radio_bands: '2.4GHz 5GHz' });
  const { metrics } = decodeWifi(read('iw-scan'));
  expect(
    metrics.map(({ fields }) => [fields['bssid'], fields['channel'], fields['generation'], fields['connected']]),
  ).toEqual([
    ['02:00:00:00:0a:01', 36, '6', true],
    ['02:00:00:00:0a:02', 11, 'legacy', false],
  ]);
});

test('a client in the 6 GHz band is of 6E', () => {
  const text =
    'state=ENABLED\nfreq=5975\nieee80211ax=1\nbss[0]=wlan0\nbssid[0]=02:00:00:00:00:00\nssid[0]=a\nnum_sta[0]=1\n';
  const clients = '02:00:00:00:0c:01\nflags=[AUTH][ASSOC][AUTHORIZED][HE]\n';
  expect(fieldsOf(`${text}\n${clients}`, { client: 'client-1' })).toMatchObject({ generation: '6E', band: '6GHz' });
  expect(fieldsOf(`${text}\n${clients}`, { interface: 'wlan0', mode: 'access-point' })).toMatchObject({
    ...{ generation: '6E', client_count: 1, client_wifi6e_count: 1, client_wifi6_count: 0 },
  });
  expect(fieldsOf(text, { interface: 'wlan0' })).toMatchObject({ client_count: 1 });
});

describe('OpenWrt’s ubus', () => {
  test('iwinfo, hostapd and survey of an access point', () => {
    const text = read('ubus-info.json', 'ubus-assoclist.json', 'ubus-clients.json', 'ubus-survey.json');
    const { metrics, not_understood } = decodeWifi(text);
    expect(not_understood).toEqual([]);
    expect(metrics.find(({ tags }) => tags['radio'] === 'phy0')?.fields).toMatchObject({
      ...{ ssid: '初中 "三" 班', bssid: '02:00:00:00:00:0f', channel: 44, frequency_mhz: 5220, width_mhz: 80 },
      ...{ tx_power_dbm: 23, noise_dbm: -91, client_count: 1, client_wifi6_count: 1, channel_utilisation_percent: 25 },
    });
    expect(metrics.find(({ name }) => name === 'wifi_client')?.fields).toMatchObject({
      ...{ generation: '6', signal_dbm: -57, signal_average_dbm: -58, inactive_ms: 30, connected_seconds: 811 },
      ...{ rx_rate_mbit_per_second: 1200.9, rx_modulation: 'he', rx_mcs: 11, rx_nss: 2, rx_width_mhz: 80 },
      ...{ tx_rate_mbit_per_second: 270, tx_modulation: 'ht', tx_nss: 2, tx_width_mhz: 40, tx_guard_interval_us: 0.8 },
      ...{ tx_retries: 4, tx_failed: 2, rx_bytes: 1300 },
    });
  });

  test('network.wireless shows what is configured, and no password', () => {
    expect(fieldsOf(read('ubus-wireless.json'), { interface: 'phy0-ap0', radio: 'radio0' })).toMatchObject({
      ...{ ssid: '学校', radio_on: true, channel: 36, frequency_mhz: 5180, width_mhz: 80 },
    });
    expect(JSON.stringify(decodeWifi(read('ubus-wireless.json')))).not.toContain('do not show this');
  });

  test('JSON of something else is named as not understood, without its values', () => {
    const decoded = decodeWifi('{"uptime":90061,"hostname":"patio"}');
    expect(decoded).toEqual({ metrics: [], not_understood: ['{"uptime":90061,"hostname":"patio"}'] });
  });

  test('and what is cut short is an error', () => {
    const whole = read('ubus-info.json').trimEnd();
    for (let length = 2; length < whole.length; length += 7) {
      expect(() => decodeWifi(whole.slice(0, length))).toThrow(/ubus: expected JSON/);
    }
  });
});

test('lines around outputs are named as not understood', () => {
  const { metrics, not_understood } = decodeWifi(
    `# iw dev\n${read('iw-dev')}\n# hostapd_cli status\nSelected interface 'wlan0'\n`,
  );
  expect(metrics).toHaveLength(3);
  expect(not_understood).toEqual(['# iw dev', '# hostapd_cli status', "Selected interface 'wlan0'"]);
});

test.each(['', 'nonsense', '\u0000'.repeat(100), '<!doctype html><p>Station', '[ 12.345] usb 1-1: new device'])(
  '%j holds no output',
  (text) => {
    expect(() => decodeWifi(text)).toThrow(
      expect.objectContaining({ code: 'parse_failed', message: expect.stringContaining('iw, hostapd or ubus') }),
    );
  },
);

test.each([
  ['brackets', '{\n'.repeat(20_000)],
  ['headings', 'Station \n'.repeat(20_000)],
  ['empty lines', `Interface a\n${'\t\n'.repeat(20_000)}`],
  ['spaces', `x${' '.repeat(20_000)}IEEE`],
])('many %s end in an error, and not in a search without an end', (_, text) => {
  expect(() => decodeWifi(text)).toThrow(expect.objectContaining({ code: 'parse_failed' }));
});
