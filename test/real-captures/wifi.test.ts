import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeWifi } from '../../agent/collectors/wifi/decode.ts';
import { parseLuaReturn } from './lua-tables.ts';

const captures = join(import.meta.dirname, '../../../shared/fixtures/wifi');
const present = existsSync(captures);
if (!present) console.log(`skipped: the captures of other machines are not here (${captures})`);

const read = (path: string): string => readFileSync(join(captures, path), 'utf8');

function fieldsOf(text: string, tags: Record<string, string>): Record<string, unknown>[] {
  return decodeWifi(text)
    .metrics.filter((metric) => Object.entries(tags).every(([tag, value]) => metric.tags[tag] === value))
    .map(({ fields }) => fields);
}

describe.skipIf(!present)('Wi-Fi of other machines', () => {
  test('a link by HE, and one of a radio that names no MCS', () => {
    const he = { mcs: 11, nss: 2, width_mhz: 80, modulation: 'he', rate_mbit_per_second: 1200.9, dcm: false };
    const both = Object.fromEntries(
      Object.entries(he).flatMap(([name, value]) => [
        [`rx_${name}`, value],
        [`tx_${name}`, value],
      ]),
    );
    expect(fieldsOf(read('cmprovision/he_link_mt7922.txt'), { interface: 'wlan1' })).toEqual([
      expect.objectContaining({
        ...{ ssid: '78', bssid: '78:45:58:00:00:01', frequency_mhz: 5765, channel: 153, generation: '6' },
        ...{ signal_dbm: -45, rx_bytes: 28961313, rx_packets: 25546, tx_bytes: 1545931, tx_packets: 9165, ...both },
      }),
    ]);
    expect(fieldsOf(read('cmprovision/onboard_link_brcmfmac_cm4.txt'), { interface: 'wlan0' })).toEqual([
      expect.objectContaining({ signal_dbm: -54, rx_rate_mbit_per_second: 97.5, tx_rate_mbit_per_second: 24 }),
    ]);
  });

  test.each([
    ['cmprovision/he_info_mt7922.txt', 'wlan1', 'phy1', 3],
    ['cmprovision/onboard_info_brcmfmac_cm4.txt', 'wlan0', 'phy0', 31],
  ])('%s', (path, name, radio, power) => {
    expect(fieldsOf(read(path), { interface: name, radio, mode: 'station' })).toEqual([
      expect.objectContaining({
        ...{ ssid: '78', channel: 153, frequency_mhz: 5765, band: '5GHz', width_mhz: 80, center1_mhz: 5775 },
        tx_power_dbm: power,
      }),
    ]);
  });

  test('the air around two radios, and around one whose driver counts no time', () => {
    const text = read('netpulse/survey_test_1.txt');
    const points = ['wlan0', 'wlan1'].flatMap((name) => fieldsOf(text, { interface: name }));
    const columns = ['frequency_mhz', 'channel_in_use', 'noise_dbm', 'channel_active_ms', 'channel_busy_ms'];
    expect(points.map((fields) => columns.map((column) => fields[column]))).toEqual([
      [2412, true, -90, 3632796925, 878259766],
      [2417, false, -92, 72, 20],
      [5180, true, -92, 3632802379, 146150367],
      [5200, false, -92, 191, 0],
    ]);
    expect(points[0]?.['channel_utilisation_percent']).toBeCloseTo(24.18, 2);
    expect(fieldsOf(read('netpulse/survey_test_2.txt'), { interface: 'wlan0' })).toEqual([
      expect.objectContaining({ noise_dbm: -85, channel_busy_ms: undefined }),
    ]);
  });

  test.each([
    ['ALFA_AWUS036ACM.txt', '5', '2.4GHz 5GHz'],
    ['MediaTek_MT7925_m.2.txt', '7', '2.4GHz 5GHz 6GHz'],
    ['PANDA_PAU0F.txt', '6E', '2.4GHz 5GHz 6GHz'],
    ['Qualcomm_QCNFA765_m.2.txt', '6E', '2.4GHz 5GHz 6GHz'],
  ])('what the radio of %s can do', (name, generation, bands) => {
    const { metrics } = decodeWifi(read(`iw-phy-info/${name}`));
    expect(metrics.map(({ fields }) => fields)).toEqual([{ radio_generation: generation, radio_bands: bands }]);
  });

  test('clients by hostapd', () => {
    const [client] = fieldsOf(read('hostapd/opensync-sta-buf1.txt'), { client: 'client-1' });
    expect(client).toMatchObject({ generation: '6', authorized: true, connected_seconds: 2983, rx_bytes: 0 });
    // 0 is what hostapd says of a signal and a rate that it does not know.
    expect([client?.['signal_dbm'], client?.['rx_rate_mbit_per_second']]).toEqual([undefined, undefined]);
    const [knocking] = fieldsOf(read('hostapd/opensync-sta-buf3.txt'), { client: 'client-1' });
    expect([knocking?.['generation'], knocking?.['authorized']]).toEqual([undefined, false]);
  });

  test.each(['iw-scan0', 'iw-scan1'])('%s as another parser reads it, under whatever name', (name) => {
    const rows: Record<string, unknown>[] = JSON.parse(read(`jc/${name}.json`));
    const textOf = (row: Record<string, unknown>, key: RegExp): string =>
      String(Object.entries(row).find(([candidate]) => key.test(candidate))?.[1]);
    const points = decodeWifi(read(`jc/${name}.out`)).metrics.map(({ fields }) => [
      ...[fields['bssid'], fields['ssid'], fields['frequency_mhz'], fields['signal_dbm'], fields['inactive_ms']],
    ]);
    expect(points).toEqual(
      rows.map((row) => [
        ...[row['bssid'], textOf(row, /(^|_)ssid$/), Number(textOf(row, /(^|_)freq$/))],
        ...[Number.parseFloat(textOf(row, /(^|_)signal/)), Number.parseInt(textOf(row, /(^|_)last_seen/), 10)],
      ]),
    );
  });

  test('iwconfig as another parser reads it', () => {
    const expected: Record<string, unknown>[] = JSON.parse(read('jc/iwconfig-many.json'));
    const points = decodeWifi(read('jc/iwconfig-many.out')).metrics;
    expect(
      points.map(({ tags, fields }) => [
        tags['interface'],
        fields['ssid'],
        fields['frequency_mhz'],
        fields['signal_dbm'],
      ]),
    ).toEqual(expected.map((row) => [row['name'], row['essid'], Number(row['frequency']) * 1000, row['signal_level']]));
    expect(
      points.map(({ fields }) => [fields['tx_power_dbm'], fields['tx_rate_mbit_per_second'], fields['tx_failed']]),
    ).toEqual(expected.map((row) => [row['tx_power'], row['bit_rate'], row['tx_excessive_retries']]));
  });

  describe('OpenWrt', () => {
    const tables = present ? parseLuaReturn(read('openwrt-ubus/wireless_data.lua')) : {};
    const answer = (name: string): string => JSON.stringify(tables[name]);

    test('interfaces as they are configured, without their passwords', () => {
      const { metrics, not_understood } = decodeWifi(answer('wireless_status'));
      expect(
        metrics.map(({ tags, fields }) => [
          tags['interface'],
          tags['radio'],
          tags['mode'],
          fields['ssid'],
          fields['channel'],
        ]),
      ).toEqual([
        ['mesh0', 'radio0', 'mesh', 'meshid', 11],
        ['wlan0', 'radio0', 'access-point', 'OpenWRT', 11],
        ['mesh1', 'radio1', 'mesh', 'meshID', 40],
        ['wlan1', 'radio1', 'access-point', 'ssid', 40],
        ['wlan2', 'radio1', 'access-point', 'ssid', 40],
      ]);
      expect(metrics.map(({ fields }) => fields['width_mhz'])).toEqual([20, 20, 80, 80, 80]);
      expect(JSON.stringify(metrics)).not.toContain('password');
      expect(not_understood).toEqual([]);
    });

    test.each([
      ['wlan0', { mode: 'station' }, { ssid: 'OpenWRT', channel: 13, frequency_mhz: 2472, signal_dbm: -62 }],
      ['wlan1', { mode: 'access-point' }, { ssid: 'ssid', channel: 13, frequency_mhz: 5180, tx_power_dbm: 20 }],
      ['wlan2', { mode: 'station' }, { ssid: 'OpenWRT2', frequency_mhz: 4472, signal_dbm: -32 }],
      ['mesh0', { mode: 'mesh', radio: 'phy0' }, { channel: 11, signal_dbm: -67, width_mhz: 20, noise_dbm: undefined }],
      [
        'mesh1',
        { mode: 'mesh', radio: 'phy1' },
        { channel: 40, noise_dbm: -87, width_mhz: 80, tx_rate_mbit_per_second: 195.1 },
      ],
    ])('iwinfo of %s', (name, tags, fields) => {
      expect(fieldsOf(answer(`${name}_iwinfo`), tags)).toEqual([expect.objectContaining(fields)]);
    });

    test('clients by iwinfo and by hostapd', () => {
      expect(fieldsOf(answer('wlan0_clients'), { client: 'client-1' })).toEqual([
        expect.objectContaining({
          ...{ signal_dbm: -3, connected_seconds: 1376, rx_rate_mbit_per_second: 6, rx_bytes: 2767915, tx_packets: 57 },
        }),
      ]);
      expect(fieldsOf(answer('mesh0_clients'), { client: 'client-1' })).toEqual([
        expect.objectContaining({
          ...{
            generation: '5',
            rx_modulation: 'vht',
            rx_mcs: 1,
            rx_nss: 3,
            rx_width_mhz: 80,
            rx_guard_interval_us: 0.4,
          },
          ...{ tx_retries: 11358818, tx_failed: 2377, signal_average_dbm: -76 },
        }),
      ]);
      expect(fieldsOf(answer('wlan1_clients'), { mode: 'access-point' })).toEqual([
        expect.objectContaining({ client_count: 2, client_wifi5_count: 2 }),
      ]);
      expect(decodeWifi(answer('wlan2_clients'))).toEqual({ metrics: [], not_understood: [] });
    });
  });

  test('none of them is refused, but for what is nobody’s output', () => {
    const paths = readdirSync(captures, { recursive: true, encoding: 'utf8' }).filter(
      (path) => /\.(txt|out|json)$/.test(path) && !path.endsWith('.source.txt') && !/^jc\/.*json$/.test(path),
    );
    expect(paths.length).toBeGreaterThan(20);
    for (const path of paths) expect(() => decodeWifi(read(path)), path).not.toThrow();
  });
});
