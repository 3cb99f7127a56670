import { describe, expect, test } from 'vitest';
import { bandOf, channelOf, frequencyOf } from '../../../agent/collectors/wifi/frequency.ts';
import { parseAccessPoint, parseClients } from '../../../agent/collectors/wifi/hostapd.ts';
import { parseInterfaces } from '../../../agent/collectors/wifi/interfaces.ts';
import { parseLink } from '../../../agent/collectors/wifi/link.ts';
import { parseHostapdName, parseIwName, showName } from '../../../agent/collectors/wifi/network-name.ts';
import { parseRadios, radioGeneration, usableBands } from '../../../agent/collectors/wifi/radios.ts';
import { parseRate } from '../../../agent/collectors/wifi/rate.ts';
import { parseScan } from '../../../agent/collectors/wifi/scan.ts';
import { parseStations } from '../../../agent/collectors/wifi/stations.ts';
import { parseSurvey, utilisationPercent } from '../../../agent/collectors/wifi/survey.ts';
import { parseSwitch } from '../../../agent/collectors/wifi/switches.ts';
import { maskedError } from '../../../agent/masked-error.ts';
import { CampusError } from '../../../contract/errors.ts';
import { fixture } from '../tree.ts';

const place = { source: 'iw', line: 7 };
const read = (name: string): string => fixture(`wifi/${name}`);

describe('names of networks', () => {
  test.each([
    ['Room 301', 'Room 301'],
    ['\\xe5\\xae\\x9e\\xe9\\xaa\\x8c "\\xe6\\xa5\\xbc"', '实验 "楼"'],
    ['\\x20spaces at both ends\\x20', ' spaces at both ends '],
    ['back\\x5cslash', 'back\\slash'],
    // What reads like an escape, and is none.
    ['\\x5cxe5', '\\x5cxe5'],
    // 教室 in GBK is no UTF-8; control characters are no text.
    ['\\xbd\\xcc\\xca\\xd2 2', '\\xbd\\xcc\\xca\\xd2 2'],
    ['a\\x00\\x07b\\x7f', 'a\\x00\\x07b\\x7f'],
    // Half a character, and a surrogate.
    ['\\xe5\\xae', '\\xe5\\xae'],
    ['\\xed\\xa0\\x80', '\\xed\\xa0\\x80'],
    ['\\xf0\\x9f\\x93\\xb6', '📶'],
  ])('iw’s %s is %s', (text, name) => {
    expect(parseIwName(text, place)).toBe(name);
  });

  test('hostapd has escapes of its own', () => {
    expect(parseHostapdName('\\"a\\\\b\\" \\xe4\\xb8\\x89\\t\\e', place)).toBe('"a\\b" 三\\x09\\x1b');
  });

  test('no two names are shown alike', () => {
    const names = ['\\xe5', 'xe5', '\\', '\\x', '\\x5c', '\\x5cxe5'].map((name) => showName(Buffer.from(name)));
    expect(new Set([...names, showName(Buffer.of(0xe5))]).size).toBe(7);
  });

  test.each(['\\x5', 'a\\', '\\q'])('%s is damaged', (text) => {
    expect(() => parseIwName(text, place)).toThrow(/iw line 7: expected a name with escapes/);
  });
});

describe('rates', () => {
  const unknown = { mcs: undefined, nss: undefined, widthMhz: undefined, guardIntervalUs: undefined, dcm: undefined };
  test.each([
    ['54.0 MBit/s', { ...unknown, mbitPerSecond: 54, modulation: 'legacy' }],
    ['(unknown)', { ...unknown, mbitPerSecond: undefined, modulation: 'legacy' }],
    [
      '300.0 MBit/s MCS 15 40MHz short GI',
      { ...unknown, mbitPerSecond: 300, modulation: 'ht', mcs: 15, nss: 2, widthMhz: 40, guardIntervalUs: 0.4 },
    ],
    [
      '6.5 MBit/s MCS 0',
      { ...unknown, mbitPerSecond: 6.5, modulation: 'ht', mcs: 0, nss: 1, widthMhz: 20, guardIntervalUs: 0.8 },
    ],
    [
      '1733.3 MBit/s VHT-MCS 9 80P80MHz short GI VHT-NSS 2',
      { ...unknown, mbitPerSecond: 1733.3, modulation: 'vht', mcs: 9, nss: 2, widthMhz: 160, guardIntervalUs: 0.4 },
    ],
    [
      '2401.9 MBit/s 160MHz HE-MCS 11 HE-NSS 2 HE-GI 1 HE-DCM 1',
      { mbitPerSecond: 2401.9, modulation: 'he', mcs: 11, nss: 2, widthMhz: 160, guardIntervalUs: 1.6, dcm: true },
    ],
    [
      '27.9 MBit/s HE-MCS 4 HE-NSS 1 HE-GI 2 HE-DCM 0 HE-RU-ALLOC 2',
      { mbitPerSecond: 27.9, modulation: 'he', mcs: 4, nss: 1, widthMhz: undefined, guardIntervalUs: 3.2, dcm: false },
    ],
    [
      '5764.7 MBit/s 320MHz EHT-MCS 13 EHT-NSS 2 EHT-GI 0',
      { ...unknown, mbitPerSecond: 5764.7, modulation: 'eht', mcs: 13, nss: 2, widthMhz: 320, guardIntervalUs: 0.8 },
    ],
    [
      '4.4 MBit/s S1G-MCS 3 2MHz S1G-NSS 1',
      { ...unknown, mbitPerSecond: 4.4, modulation: 's1g', mcs: 3, nss: 1, widthMhz: 2 },
    ],
  ])('%s', (text, rate) => {
    expect(parseRate(text, place, () => expect.unreachable())).toEqual(rate);
  });

  test('what a newer iw adds is named, and the rest read', () => {
    const odd: string[] = [];
    expect(parseRate('10.0 MBit/s 20MHz UHR-MCS 3', place, (line) => odd.push(line))).toMatchObject({ widthMhz: 20 });
    expect(odd).toEqual(['UHR-MCS 3']);
  });

  test.each(['', '54.0', '54.0 MB', 'fast', '-3 MBit/s'])('%j is none', (text) => {
    expect(() => parseRate(text, place, () => {})).toThrow(/expected a rate in MBit\/s/);
  });
});

test('frequencies, channels and bands belong together', () => {
  const known: [number, number, string][] = [
    [2412, 1, '2.4GHz'],
    [2472, 13, '2.4GHz'],
    [2484, 14, '2.4GHz'],
    [4920, 184, '5GHz'],
    [5180, 36, '5GHz'],
    [5885, 177, '5GHz'],
    [5935, 2, '6GHz'],
    [5955, 1, '6GHz'],
    [7115, 233, '6GHz'],
    [58_320, 1, '60GHz'],
  ];
  expect(known.map(([mhz]) => [mhz, channelOf(mhz), bandOf(mhz)])).toEqual(known);
  expect([
    frequencyOf(14, '2.4GHz'),
    frequencyOf(36, '5GHz'),
    frequencyOf(2, '6GHz'),
    frequencyOf(233, '6GHz'),
  ]).toEqual([2484, 5180, 5935, 7115]);
  expect([bandOf(3600), channelOf(868)]).toEqual([undefined, undefined]);
});

describe('iw dev', () => {
  test('has radios, interfaces, channels and powers', () => {
    const [device, station, accessPoint] = parseInterfaces(read('iw-dev'), () => expect.unreachable());
    expect(device).toMatchObject({ name: undefined, radio: 'phy1', mode: 'p2p', txPowerDbm: 20 });
    expect(station).toEqual({
      ...{ name: 'wlan1', radio: 'phy1', address: '02:00:00:00:01:00', ssid: '实验 "楼" 5G ', mode: 'station' },
      channel: { channel: 36, frequencyMhz: 5180, widthMhz: 80, center1Mhz: 5210, center2Mhz: undefined },
      ...{ txPowerDbm: 22.5, links: [] },
    });
    expect(accessPoint).toMatchObject({ name: 'wlan0', radio: 'phy0', ssid: 'Room 301', mode: 'access-point' });
    expect(accessPoint).toMatchObject({ txPowerDbm: -0.5, channel: { channel: 6, widthMhz: 40 } });
  });

  test.each([
    ['channel 1 (2412 MHz) HT20', { channel: 1, widthMhz: 20 }],
    ['channel 1 (2412 MHz) HT40+', { channel: 1, widthMhz: 40 }],
    ['channel 1 (2412 MHz) NO HT', { channel: 1, widthMhz: 20 }],
    ['channel 6 (2437 MHz), width: 20 MHz (no HT), center1: 2437 MHz', { channel: 6, widthMhz: 20 }],
    [
      'channel 42 (5210 MHz), width: 80+80 MHz, center1: 5210 MHz, center2: 5775 MHz',
      { widthMhz: 160, center2Mhz: 5775 },
    ],
    ['channel 31 (6105 MHz), width: 320 MHz, center1: 6265 MHz, punctured: 0x8', { widthMhz: 320, frequencyMhz: 6105 }],
  ])('%s', (line, channel) => {
    const [read] = parseInterfaces(`Interface wlan0\n\ttype AP\n\twiphy 3\n\t${line}\n`);
    expect(read).toMatchObject({ radio: 'phy3', channel });
  });

  test('a multi-link device has a channel for each link', () => {
    const text =
      'Interface wlan0\n\taddr 02:00:00:00:00:09\n\ttype managed\n\twiphy 0\n\tMLD with links:\n' +
      '\t - link ID  0 link addr 02:00:00:00:00:0a\n\t   channel 6 (2437 MHz), width: 40 MHz, center1: 2447 MHz\n\t   txpower 18.00 dBm\n' +
      '\t - link ID  2 link addr 02:00:00:00:00:0b\n\t   channel 37 (6135 MHz), width: 160 MHz, center1: 6185 MHz\n';
    const [read] = parseInterfaces(text, () => expect.unreachable());
    expect(read?.links).toMatchObject([
      { id: 0, txPowerDbm: 18, channel: { frequencyMhz: 2437 } },
      { id: 2, channel: { frequencyMhz: 6135, widthMhz: 160 } },
    ]);
  });
});

describe('iw station dump', () => {
  test('has every counter of the connection', () => {
    const [station] = parseStations(read('iw-station-dump-managed'), () => expect.unreachable());
    expect(station).toMatchObject({
      ...{ address: '02:00:00:00:0a:01', interface: 'wlan1', inactiveMs: 304, connectedSeconds: 2983 },
      ...{ rxBytes: 18816, rxPackets: 211, txBytes: 45312, txPackets: 320, txRetries: 12, txFailed: 3, beaconLoss: 4 },
      ...{ signalDbm: -51, signalAverageDbm: -52, authorized: true },
      tx: { mbitPerSecond: 1200.9, modulation: 'he' },
      rx: { mbitPerSecond: 866.7, modulation: 'vht' },
    });
  });

  test('links fill in what a multi-link device as a whole does not know', () => {
    const text =
      'Station 02:00:00:00:0b:00 (on wlan2)\n\trx bytes:\t900\n\tsignal:  \t0 dBm\n\tcurrent time:\t1 ms\n\n' +
      '\tLink 0:\n\t\taddress: 02:00:00:00:0b:01\n\t\trx bytes:\t300\n\t\tsignal:  \t-43 dBm\n';
    expect(parseStations(text, () => expect.unreachable())).toEqual([
      { address: '02:00:00:00:0b:00', interface: 'wlan2', rxBytes: 900, signalDbm: -43 },
    ]);
  });

  test('a line that is new is named', () => {
    const odd: string[] = [];
    parseStations('Station 02:00:00:00:0b:00 (on wlan2)\n\tmood:\tgood\n', (line) => odd.push(line));
    expect(odd).toEqual(['mood:\tgood']);
  });

  test('of an error the runner leaves no address, not even a part of one', () => {
    for (const text of [
      'Station 02:00:00:00:0c:01 (o',
      'Station 02:00:00:00:0',
      'Station 02:00:00:00:0c:01 (on wlan0) x',
    ]) {
      let message = '';
      try {
        parseStations(text);
      } catch (error) {
        if (error instanceof CampusError && error.code === 'parse_failed') message = error.message;
      }
      expect(maskedError(message)).toMatch(/got "Station \[mac\]/);
    }
  });
});

test('iw link, of one link and of several', () => {
  expect(parseLink(read('iw-link'), () => expect.unreachable())).toMatchObject({
    ...{ address: '02:00:00:00:0a:01', interface: 'wlan1', ssid: '实验 "楼" 5G ', frequenciesMhz: [5180] },
    ...{ rxBytes: 18816, rxPackets: 211, txBytes: 45312, txPackets: 320, signalDbm: -51 },
    ...{ rx: { mcs: 9 }, tx: { mcs: 11 } },
  });
  const several = parseLink(read('iw-link-mld'), () => expect.unreachable());
  expect(several).toMatchObject({ frequenciesMhz: [6135, 2437], tx: { modulation: 'eht', guardIntervalUs: 1.6 } });
  expect(several?.signalDbm).toBeUndefined();
  expect(parseLink('Not connected.\n')).toBeUndefined();
});

test('iw survey dump, and how busy the channel was between two', () => {
  const [used, other] = parseSurvey(read('iw-survey-dump'), () => expect.unreachable());
  expect(used).toEqual({
    ...{ interface: 'wlan1', frequencyMhz: 5180, inUse: true, noiseDbm: -92 },
    ...{ activeMs: 100_000, busyMs: 40_000, receiveMs: 25_000, transmitMs: 13_000 },
  });
  expect(other).toMatchObject({ inUse: false, frequencyMhz: 5200, busyMs: 30, receiveMs: undefined });
  const now = { frequencyMhz: 5180, activeMs: 130_000, busyMs: 49_000 };
  expect(utilisationPercent(used, now)).toBe(30);
  const unknown = [
    utilisationPercent(undefined, now),
    utilisationPercent(now, now),
    utilisationPercent(used, { ...now, busyMs: 5 }),
    utilisationPercent(used, { ...now, frequencyMhz: 5200 }),
    utilisationPercent(used, { ...now, activeMs: undefined }),
  ];
  expect(unknown).toEqual([undefined, undefined, undefined, undefined, undefined]);
});

test('iw phy: what radios can do counts on bands that they may use', () => {
  const [newer, older] = parseRadios(read('iw-phy'));
  // Its 6 GHz band is disabled, and with it EHT.
  expect(newer && [newer.name, radioGeneration(newer), usableBands(newer)]).toEqual(['phy1', '6', ['2.4GHz', '5GHz']]);
  expect(newer?.bands[1]?.usableMhz).toEqual([5180, 5260]);
  expect(older && [older.name, radioGeneration(older)]).toEqual(['phy0', '4']);
});

test('iw scan', () => {
  const odd: string[] = [];
  expect(parseScan(read('iw-scan'), (line) => odd.push(line))).toEqual([
    {
      ...{ interface: 'wlan1', bssid: '02:00:00:00:0a:01', ssid: 'Room 301', frequencyMhz: 5180, signalDbm: -51 },
      ...{ lastSeenMs: 429, isConnected: true, abilities: { ht: true, vht: true, he: true, eht: false } },
    },
    {
      ...{ interface: 'wlan1', bssid: '02:00:00:00:0a:02', ssid: undefined, frequencyMhz: 2462, signalDbm: -77 },
      ...{ lastSeenMs: 0, isConnected: false, abilities: { ht: false, vht: false, he: false, eht: false } },
    },
  ]);
  expect(odd).toEqual([]);
});

describe('hostapd', () => {
  test('knows what clients can do, and their rates in 100 kbit/s', () => {
    const [first, second, third] = parseClients(read('hostapd-all-sta'), () => expect.unreachable());
    expect(first).toEqual({
      ...{ address: '02:00:00:00:0c:01', authorized: true, isSixGhz: false, signalDbm: -61 },
      abilities: { ht: true, vht: true, he: true, eht: false },
      ...{ rxPackets: 101, txPackets: 202, rxBytes: 3003, txBytes: 4004, inactiveMs: 50, connectedSeconds: 60 },
      rx: expect.objectContaining({ mbitPerSecond: 1200.9, modulation: 'he', mcs: 11, nss: 2 }),
      tx: expect.objectContaining({ mbitPerSecond: 144.4, modulation: 'ht', nss: 2, guardIntervalUs: 0.4 }),
    });
    expect(second).toMatchObject({
      abilities: { ht: false, he: false },
      tx: { mbitPerSecond: 54, modulation: 'legacy' },
    });
    expect([second?.signalDbm, second?.rx]).toEqual([undefined, undefined]);
    // Who has not associated has not said what it can do.
    expect(third).toMatchObject({ abilities: undefined, authorized: false });
  });

  test('knows what its networks offer', () => {
    expect(parseAccessPoint(read('hostapd-status'))).toEqual({
      ...{ state: 'ENABLED', frequencyMhz: 2437, channel: 6 },
      abilities: { ht: true, vht: false, he: true, eht: false },
      networks: [{ interface: 'wlan0', bssid: '02:00:00:00:00:00', ssid: '"Room" 三', clientCount: 3 }],
    });
  });
});

test('rfkill: on, or blocked by a key or by software', () => {
  expect([parseSwitch('0\n', 'state'), parseSwitch('1\n', 'state'), parseSwitch('2\n', 'state')]).toEqual([
    false,
    true,
    false,
  ]);
  expect(() => parseSwitch('3\n', 'state')).toThrow(/state line 1: expected 0, 1 or 2, got "3"/);
});

const parsers: Readonly<Record<string, (text: string) => unknown>> = {
  'iw-dev': parseInterfaces,
  'iw-station-dump-ap': parseStations,
  'iw-survey-dump': parseSurvey,
  'iw-link': parseLink,
  'iw-phy': parseRadios,
  'iw-scan': parseScan,
  'hostapd-all-sta': parseClients,
  'hostapd-status': parseAccessPoint,
};

describe.each(Object.entries(parsers))('%s', (name, parse) => {
  const whole = read(name);

  test('cut short anywhere, it is read in part or the error says what was expected', () => {
    let failed = 0;
    for (let length = 1; length < whole.length; length++) {
      try {
        parse(whole.slice(0, length));
      } catch (error) {
        failed += 1;
        expect(error, `${length} characters`).toMatchObject({ code: 'parse_failed' });
      }
    }
    expect(failed).toBeGreaterThan(whole.length / 20);
  });

  test.each(['nonsense\n', '\tindented: nonsense\n', '\u0000\u0001\u0002', '<html>404</html>\n'])(
    '%j is an error',
    (text) => {
      expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'parse_failed' }));
    },
  );

  test.each([
    ['dBm', 'dBn'],
    [/-?\d+ ms/, 'x ms'],
    [/freq(uency)?[:=]\s*\d+/, 'freq$1: x'],
    [/\[AUTH\]/, '[AUTH'],
  ])('a field that is damaged (%s) is an error', (pattern, wrong) => {
    const damaged = whole.replace(pattern, wrong);
    if (damaged === whole) return;
    expect(() => parse(damaged)).toThrow(expect.objectContaining({ code: 'parse_failed' }));
  });
});
