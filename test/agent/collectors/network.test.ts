import { describe, expect, test } from 'vitest';
import { interfaceKind, isVirtual, type Nature, parseDevtype } from '../../../agent/collectors/network/identity.ts';
import { parseCarrier, parseDuplex, parseOperState, parseSpeed } from '../../../agent/collectors/network/link.ts';
import { parseNetDev } from '../../../agent/collectors/network/net-dev.ts';
import { createNetwork } from '../../../agent/collectors/network/network.ts';
import { ratesBetween, utilisationPercent } from '../../../agent/collectors/network/rates.ts';
import { LinuxHost } from '../../../agent/host/linux.ts';
import { fixture, makeTree, noSignal } from '../tree.ts';

describe('parseNetDev', () => {
  test('reads each counter from its own column', () => {
    const interfaces = parseNetDev(fixture('network/dev'));
    expect(interfaces.map(({ name }) => name)).toEqual(['lo', 'eth0', 'wlan-é', 'eth0.10']);
    expect(interfaces[1]).toEqual({
      name: 'eth0',
      rxBytes: 874354587,
      rxPackets: 1036395,
      rxErrors: 101,
      rxDropped: 202,
      multicast: 606,
      txBytes: 563352563,
      txPackets: 732147,
      txErrors: 707,
      txDropped: 808,
      collisions: 10,
    });
  });

  test('reads 64-bit counters, glued to the colon too, and names with colons', () => {
    const [vlan] = parseNetDev(fixture('network/dev')).slice(3);
    expect(vlan?.rxBytes).toBeCloseTo(1.2345678901234567e19);
    const headings = fixture('network/dev').split('\n').slice(0, 2).join('\n');
    const [alias] = parseNetDev(`${headings}\neth0:1:5 1 0 0 0 0 0 0 6 2 0 0 0 0 0 0\n`);
    expect(alias).toMatchObject({ name: 'eth0:1', rxBytes: 5, txBytes: 6 });
  });

  test('refuses truncated and nonsense text', () => {
    const whole = fixture('network/dev');
    expect(() => parseNetDev(whole.slice(0, whole.indexOf('563352563')))).toThrow(
      '/proc/net/dev line 4: expected a name, a colon and 16 counters',
    );
    expect(() => parseNetDev(whole.replace('563352563', '-5'))).toThrow(
      '/proc/net/dev line 4: expected counter 9 as a decimal count, got "-5"',
    );
    expect(() => parseNetDev('')).toThrow('expected two lines of headings');
    expect(() => parseNetDev('eth0: 1 2 3\n')).toThrow('expected two lines of headings');
  });
});

describe('rates', () => {
  const [, before] = parseNetDev(fixture('network/dev'));
  const [, now, wrapped] = parseNetDev(fixture('network/dev-later'));
  if (before === undefined || now === undefined || wrapped === undefined)
    throw new Error('the fixtures lack an interface');

  test('are changes over the time between', () => {
    expect(ratesBetween({ counters: before, ifindex: 2, at: 1000 }, { counters: now, ifindex: 2, at: 11_000 })).toEqual(
      {
        rxBitsPerSecond: 100e6,
        txBitsPerSecond: 50.4e6,
        rxPacketsPerSecond: 100,
        txPacketsPerSecond: 50,
        errorsPerSecond: 2,
        droppedPerSecond: 4,
      },
    );
  });

  test('are unknown for the first sample, another interface of the name, and no time', () => {
    const sample = { counters: now, ifindex: 2, at: 11_000 };
    expect(ratesBetween(undefined, sample)).toEqual({});
    expect(ratesBetween({ counters: before, ifindex: 7, at: 1000 }, sample)).toEqual({});
    expect(ratesBetween({ counters: before, ifindex: 2, at: 11_000 }, sample)).toEqual({});
  });

  test('a counter that was reset or has wrapped has none, the others do', () => {
    const old = { ...wrapped, rxBytes: 4_294_967_000, txBytes: wrapped.txBytes - 100 };
    const rates = ratesBetween({ counters: old, ifindex: 3, at: 0 }, { counters: wrapped, ifindex: 3, at: 10_000 });
    expect(rates.rxBitsPerSecond).toBeUndefined();
    expect(rates.txBitsPerSecond).toBe(80);
  });

  test('utilisation takes the busier direction on full duplex and both on half', () => {
    const rates = { rxBitsPerSecond: 30e6, txBitsPerSecond: 45e6 };
    expect(utilisationPercent(rates, 100, 'full')).toBe(45);
    expect(utilisationPercent(rates, 100, undefined)).toBe(45);
    expect(utilisationPercent(rates, 100, 'half')).toBe(75);
    expect(utilisationPercent(rates, 10, 'full')).toBe(100);
    expect(utilisationPercent(rates, undefined, 'full')).toBeUndefined();
    expect(utilisationPercent({ rxBitsPerSecond: 1 }, 100, 'full')).toBeUndefined();
  });
});

describe('attributes of a link', () => {
  test('an unknown speed is absent, whatever number the driver chose for it', () => {
    expect(parseSpeed('1000', 'x')).toBe(1000);
    for (const unknown of ['-1', '0', '65535', '4294967295']) expect(parseSpeed(unknown, 'x')).toBeUndefined();
    expect(() => parseSpeed('fast', '/sys/x/speed')).toThrow('/sys/x/speed line 1: expected Mbit/s or -1');
    expect(() => parseSpeed('', 'x')).toThrow('expected Mbit/s');
  });

  test('duplex, carrier and operstate have their words', () => {
    expect([parseDuplex('full', 'x'), parseDuplex('half', 'x'), parseDuplex('unknown', 'x')]).toEqual([
      'full',
      'half',
      undefined,
    ]);
    expect([parseCarrier('1', 'x'), parseCarrier('0', 'x')]).toEqual([true, false]);
    expect(parseOperState('lowerlayerdown', 'x')).toBe('lowerlayerdown');
    expect(() => parseDuplex('fu', 'x')).toThrow('expected full, half or unknown, got "fu"');
    expect(() => parseCarrier('', 'x')).toThrow('expected 0 or 1');
    expect(() => parseOperState('upp', 'x')).toThrow('expected unknown, notpresent');
  });
});

describe('interfaceKind', () => {
  const hardware: Nature = {
    type: 1,
    devtype: undefined,
    entries: ['device', 'speed'],
    ifindex: 2,
    iflink: 2,
    target: '../../devices/platform/scb/fd580000.ethernet/net/eth0',
  };
  const virtual: Nature = { ...hardware, entries: ['speed'], target: '../../devices/virtual/net/x' };

  test.each<[string | undefined, boolean, Nature]>([
    ['ethernet', false, hardware],
    ['wifi', false, { ...hardware, devtype: 'wlan' }],
    ['wifi', false, { ...hardware, entries: ['device', 'wireless'] }],
    ['cellular', false, { ...hardware, devtype: 'wwan', type: 65534 }],
    ['loopback', true, { ...virtual, type: 772 }],
    ['bridge', true, { ...virtual, entries: ['bridge', 'brif'], devtype: 'bridge' }],
    ['bond', true, { ...virtual, entries: ['bonding'] }],
    ['vlan', true, { ...virtual, devtype: 'vlan', iflink: 3, entries: ['lower_eth0'] }],
    ['tunnel', true, { ...virtual, entries: ['tun_flags'] }],
    ['tunnel', true, { ...virtual, type: 65534, devtype: 'wireguard' }],
    ['tunnel', true, { ...virtual, type: 776, iflink: 0 }],
    ['veth', true, { ...virtual, iflink: 9 }],
    ['virtual', true, virtual],
    ['virtual', true, { ...virtual, iflink: 3, entries: ['lower_eth0'] }],
    [undefined, false, { ...hardware, type: 280 }],
  ])('%s, virtual %s', (kind, isVirtualExpected, nature) => {
    expect(interfaceKind(nature)).toBe(kind);
    expect(isVirtual(nature)).toBe(isVirtualExpected);
  });

  test('whether it is virtual is unknown where sysfs does not say', () => {
    expect(isVirtual({ ...hardware, target: undefined, entries: [] })).toBeUndefined();
  });

  test('parseDevtype finds the line, or nothing', () => {
    expect(parseDevtype('DEVTYPE=wlan\nINTERFACE=wlan0\nIFINDEX=3\n')).toBe('wlan');
    expect(parseDevtype('INTERFACE=eth0\nIFINDEX=2\n')).toBeUndefined();
    expect(parseDevtype('')).toBeUndefined();
  });
});

describe('the network collector', () => {
  const eth0 = '/sys/devices/platform/scb/fd580000.ethernet/net/eth0';
  const files = {
    '/proc/net/dev': fixture('network/dev'),
    [`${eth0}/ifindex`]: '2\n',
    [`${eth0}/iflink`]: '2\n',
    [`${eth0}/type`]: '1\n',
    [`${eth0}/speed`]: '1000\n',
    [`${eth0}/duplex`]: 'full\n',
    [`${eth0}/carrier`]: '1\n',
    [`${eth0}/operstate`]: 'up\n',
    [`${eth0}/mtu`]: '1480\n',
    [`${eth0}/uevent`]: 'INTERFACE=eth0\nIFINDEX=2\n',
  };
  const links = { '/sys/class/net/eth0': '../../devices/platform/scb/fd580000.ethernet/net/eth0' };

  test('reports counters and link, then rates and utilisation', async () => {
    let at = 0;
    const collector = createNetwork();
    const collect = async (text: string) => {
      const root = makeTree({ ...files, '/proc/net/dev': text }, links);
      const result = await collector.collect(new LinuxHost({ root, monotonicMs: () => at }), {}, noSignal);
      if ('notPresent' in result) throw new Error(result.notPresent);
      return result.find(({ tags }) => tags['interface'] === 'eth0');
    };
    const first = await collect(fixture('network/dev'));
    expect(first?.tags).toEqual({ interface: 'eth0', kind: 'ethernet' });
    expect(first?.fields).toMatchObject({
      rx_bytes: 874354587,
      multicast: 606,
      collisions: 10,
      speed_mbit_per_second: 1000,
      duplex: 'full',
      carrier: true,
      oper_state: 'up',
      mtu_bytes: 1480,
      virtual: false,
    });
    expect(first?.fields['rx_bits_per_second']).toBeUndefined();
    at = 10_000;
    const second = await collect(fixture('network/dev-later'));
    expect(second?.fields).toMatchObject({ rx_bits_per_second: 100e6, utilisation_percent: 10, errors_per_second: 2 });
  });

  test('is not present without /proc/net/dev', async () => {
    const result = await createNetwork().collect(new LinuxHost({ root: makeTree({}) }), {}, noSignal);
    expect(result).toHaveProperty('notPresent');
  });
});
