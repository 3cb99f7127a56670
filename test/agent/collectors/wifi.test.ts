import { describe, expect, test } from 'vitest';
import type { Collected } from '../../../agent/collector.ts';
import { LinuxHost } from '../../../agent/host/linux.ts';
import { maskedError } from '../../../agent/masked-error.ts';
import { makeTree } from '../tree.ts';
import { fail, machine, show, wifiOf } from './wifi-programs.ts';

const radios = {
  '/sys/class/ieee80211/phy0/index': '0\n',
  '/sys/class/ieee80211/phy0/rfkill0/state': '1\n',
  '/sys/class/ieee80211/phy1/rfkill3/state': '0\n',
};
const iw = {
  dev: show('iw-dev'),
  phy: show('iw-phy'),
  'dev wlan0 station dump': show('iw-station-dump-ap'),
  'dev wlan1 station dump': show('iw-station-dump-managed'),
  'dev wlan0 survey dump': fail('command failed: Operation not supported (-95)'),
  'dev wlan1 survey dump': show('iw-survey-dump'),
};

type Metrics = { name: string; tags: Record<string, string>; fields: Record<string, unknown> }[];

function metricsOf(result: Collected): Metrics {
  if ('notPresent' in result) throw new Error(result.notPresent);
  if ('failures' in result) throw new Error(result.failures.join('; '));
  return result;
}
const of = (metrics: Metrics, key: string, value: string) => metrics.find(({ tags }) => tags[key] === value)?.fields;

describe('a machine with a station and an access point', () => {
  test('has a point for each, and one for each client under its pseudonym', async () => {
    const { host } = machine(radios, { iw });
    const metrics = metricsOf(await wifiOf(host).collect());
    expect(of(metrics, 'interface', 'wlan1')).toMatchObject({
      ...{ ssid: '实验 "楼" 5G ', connected: true, signal_dbm: -51, generation: '6', radio_generation: '6' },
      ...{ radio_on: false, radio_bands: '2.4GHz 5GHz', channel_busy_ms: 40_000 },
    });
    expect(of(metrics, 'interface', 'wlan0')).toMatchObject({ radio_on: true, client_count: 1, radio_generation: '4' });
    expect(metrics.filter(({ name }) => name === 'wifi_client').map(({ tags }) => tags)).toEqual([
      { client: 'client of 01', interface: 'wlan0' },
      { client: 'client of 02', interface: 'wlan0' },
    ]);
    expect(JSON.stringify(metrics)).not.toMatch(/02:00:00:00:0c/);
  });

  test('counts clients without a key for pseudonyms, and shows none', async () => {
    const { host } = machine(radios, { iw });
    const metrics = metricsOf(await wifiOf(host, { pseudonym: () => undefined }).collect());
    expect(metrics.map(({ name }) => name)).toEqual(['wifi', 'wifi']);
    expect(of(metrics, 'interface', 'wlan0')).toMatchObject({ client_count: 1 });
  });

  test('tells from the second sample on how busy the channel was and how much was sent again', async () => {
    const { host, install, pass } = machine(radios, { iw });
    const wifi = wifiOf(host);
    const first = metricsOf(await wifi.collect());
    expect(of(first, 'interface', 'wlan1')?.['channel_utilisation_percent']).toBeUndefined();
    pass(30_000);
    const change = (from: string, to: string): string => `| /bin/sed 's/${from}/${to}/'`;
    install('iw', {
      ...iw,
      'dev wlan1 survey dump': `${show('iw-survey-dump')} ${change('100000 ms', '130000 ms')} ${change('40000 ms', '49000 ms')}`,
      'dev wlan1 station dump': `${show('iw-station-dump-managed')} ${change('packets:\\t320', 'packets:\\t350')} ${change('retries:\\t12', 'retries:\\t22')}`,
    });
    const second = metricsOf(await wifi.collect());
    expect(of(second, 'interface', 'wlan1')).toMatchObject({ channel_utilisation_percent: 30, tx_retry_percent: 25 });
  });

  test('starts no more processes than are named, and asks once for what does not change or cannot be had', async () => {
    const { host, calls } = machine(radios, { iw });
    const wifi = wifiOf(host);
    await wifi.collect();
    const everyTime = ['iw dev', 'iw dev wlan0 station dump', 'iw dev wlan1 station dump', 'iw dev wlan1 survey dump'];
    expect(calls().sort()).toEqual([...everyTime, 'iw dev wlan0 survey dump', 'iw phy'].sort());
    await wifi.collect();
    expect(calls().sort()).toEqual([...everyTime].sort());
  });
});

describe('what is not there', () => {
  test('a machine without a radio starts no process', async () => {
    const { host, calls } = machine({ '/sys/class/net/eth0/carrier': '1\n' }, { iw });
    expect(await wifiOf(host).collect()).toEqual({ notPresent: expect.stringContaining('no Wi-Fi radio') });
    expect(calls()).toEqual([]);
  });

  test('a machine without iw and ubus says which is missing', async () => {
    const { host } = machine(radios, {});
    expect(await wifiOf(host).collect()).toEqual({
      notPresent: expect.stringMatching(/^phy0, phy1 cannot be asked: iw is not installed/),
    });
    const bare = new LinuxHost({ root: makeTree(radios) });
    expect(await wifiOf(bare).collect()).toHaveProperty('notPresent');
  });

  test('an access point that is gone leaves a station that is not connected', async () => {
    const gone = "/usr/bin/printf 'phy#1\\n\\tInterface wlan1\\n\\t\\taddr 02:00:00:00:01:00\\n\\t\\ttype managed\\n'";
    const { host } = machine(radios, {
      iw: { ...iw, dev: gone, 'dev wlan1 station dump': ':', 'dev wlan1 survey dump': ':' },
    });
    const metrics = metricsOf(await wifiOf(host).collect());
    expect(of(metrics, 'interface', 'wlan1')).toMatchObject({ connected: false, radio_on: false });
    expect(of(metrics, 'interface', 'wlan1')?.['bssid']).toBeUndefined();
  });
});

describe('what fails', () => {
  /** What failed, and what was measured all the same. */
  const collectError = async (host: LinuxHost): Promise<{ message: string; metrics: Metrics }> => {
    const result: Collected = await wifiOf(host)
      .collect()
      .catch((failure: Error) => ({ metrics: [], failures: [failure] }));
    if (!('failures' in result)) throw new Error('expected a failure');
    return { message: result.failures.map(({ message }) => message).join('; '), metrics: result.metrics };
  };

  test('without permission to list interfaces the error says so', async () => {
    const { host } = machine(radios, { iw: { dev: fail('command failed: Operation not permitted (-1)') } });
    expect(await collectError(host)).toMatchObject({ message: expect.stringContaining('Operation not permitted') });
  });

  test('what fails for one interface is said, and the rest is measured', async () => {
    const { host } = machine(radios, {
      iw: { ...iw, 'dev wlan0 station dump': fail('command failed: No such device (-19)'), phy: "echo 'Wiphy phy1'" },
    });
    const { message, metrics } = await collectError(host);
    expect({ message }).toMatchObject({
      message: expect.stringMatching(
        /^iw dev wlan0 station dump: command failed: No such device \(-19\); iw phy: iw phy line 1: expected bands/,
      ),
    });
    expect(of(metrics, 'interface', 'wlan1')).toMatchObject({ connected: true, signal_dbm: -51 });
    expect(of(metrics, 'interface', 'wlan0')?.['client_count']).toBeUndefined();
  });

  test('an answer that is damaged is an error of which the runner leaves no address', async () => {
    const { host } = machine(radios, {
      iw: { ...iw, 'dev wlan0 station dump': "echo 'Station 02:00:00:00:0c:01 (on'" },
    });
    const error = await collectError(host);
    expect(error).toMatchObject({ message: expect.stringContaining('iw station dump line 1: expected Station MAC') });
    expect(maskedError(error.message)).toMatch(/got "Station \[mac\] \(on"/);
  });

  test('an answer without an end is cut off', async () => {
    const { host } = machine(radios, { iw: { ...iw, 'dev wlan0 station dump': 'exec /usr/bin/yes Station' } });
    expect(await collectError(host)).toMatchObject({ message: expect.stringContaining('maxBuffer') });
  });

  test('a program that hangs is ended, and the others are asked', async () => {
    const { host } = machine(radios, { iw: { ...iw, 'dev wlan0 station dump': 'exec /bin/sleep 60' } });
    const error = await collectError(host);
    expect(error).toMatchObject({ message: 'iw dev wlan0 station dump: no answer within 2000 ms' });
    expect(of(error.metrics, 'interface', 'wlan1')).toMatchObject({
      connected: true,
    });
  });

  test('when the run is given up, what it started ends', async () => {
    const { host } = machine(radios, { iw: { dev: 'exec /bin/sleep 60' } });
    await expect(wifiOf(host).collect(AbortSignal.timeout(100))).rejects.toThrow(/abort/i);
  });
});

describe('OpenWrt without iw', () => {
  const files = {
    ...radios,
    '/var/run/ubus/ubus.sock': '',
    '/sys/class/net/wlan0/phy80211/index': '0\n',
    '/sys/class/net/eth0/mtu': '1500\n',
  };
  const device = '{"device":"wlan0"}';
  const ubus = {
    [`call iwinfo info ${device}`]: show('ubus-info.json'),
    [`call iwinfo assoclist ${device}`]: show('ubus-assoclist.json'),
    [`call iwinfo survey ${device}`]: show('ubus-survey.json'),
    'call hostapd.wlan0 get_clients': show('ubus-clients.json'),
  };

  test('is asked by ubus', async () => {
    const { host, calls } = machine(files, { ubus });
    const metrics = metricsOf(await wifiOf(host).collect());
    expect(of(metrics, 'interface', 'wlan0')).toMatchObject({
      ...{ ssid: '初中 "三" 班', channel: 44, client_count: 1, client_wifi6_count: 1, noise_dbm: -91, radio_on: true },
    });
    expect(of(metrics, 'client', 'client of 01')).toMatchObject({ generation: '6', rx_mcs: 11 });
    expect(calls()).toHaveLength(4);
  });

  test('an older one has no survey, and is not asked for it again', async () => {
    const old = { ...ubus, [`call iwinfo survey ${device}`]: "echo 'Command failed: Method not found' >&2; exit 3" };
    const { host, calls } = machine(files, { ubus: old });
    const wifi = wifiOf(host);
    await wifi.collect();
    expect(calls()).toHaveLength(4);
    expect(of(metricsOf(await wifi.collect()), 'interface', 'wlan0')).toMatchObject({ channel: 44 });
    expect(calls()).toHaveLength(3);
  });

  test('without permission it says so', async () => {
    const { host } = machine(files, {
      ubus: { [`call iwinfo info ${device}`]: "echo 'Command failed: Permission denied' >&2; exit 6" },
    });
    expect(await wifiOf(host).collect()).toMatchObject({
      failures: [{ message: expect.stringContaining('Permission denied') }],
    });
  });
});
