import { describe, expect, test } from 'vitest';
import type { Collected } from '../../../../agent/collector.ts';
import { createCellular } from '../../../../agent/collectors/cellular/cellular.ts';
import { findModems } from '../../../../agent/collectors/cellular/discover.ts';
import { parseMmcli } from '../../../../agent/collectors/cellular/mmcli.ts';
import { LinuxHost } from '../../../../agent/host/linux.ts';
import { flockOwner } from '../../../../agent/host/serial.ts';
import { makeTree, noSignal } from '../../tree.ts';

const place = '../../devices/platform/usb1/1-1';

/** Files and links of a USB device with serial ports. */
function usbDevice(
  key: string,
  vendorId: string,
  ports: Record<string, { number: number; driver: string; protocol?: string }>,
) {
  const files: Record<string, string> = {
    [`/sys/bus/usb/devices/${key}/idVendor`]: `${vendorId}\n`,
    [`/sys/bus/usb/devices/${key}/devnum`]: '7\n',
  };
  const links: Record<string, string> = {};
  for (const [name, { number, driver, protocol = 'ff' }] of Object.entries(ports)) {
    const device = `/sys/bus/usb/devices/${key}:1.${number}`;
    links[`/sys/class/tty/${name}`] = `${place}/${key}/${key}:1.${number}/${name}/tty/${name}`;
    links[`${device}/driver`] = `../../../../bus/usb/drivers/${driver}`;
    files[`${device}/bInterfaceProtocol`] = `${protocol}\n`;
  }
  return { files, links };
}

function hostWith(...devices: { files: Record<string, string>; links: Record<string, string> }[]): LinuxHost {
  const files = Object.assign({ '/sys/class/tty/tty0/dev': '4:0' }, ...devices.map((device) => device.files));
  return new LinuxHost({ root: makeTree(files, Object.assign({}, ...devices.map((device) => device.links))) });
}

describe('findModems', () => {
  test('finds modems by driver or vendor, and leaves converters and boards alone', async () => {
    const modem = usbDevice('1-1.3', '2c7c', {
      ttyUSB0: { number: 0, driver: 'option' },
      ttyUSB3: { number: 3, driver: 'option' },
      ttyUSB2: { number: 2, driver: 'option' },
    });
    const converter = usbDevice('1-1.4', '0403', { ttyUSB9: { number: 0, driver: 'ftdi_sio' } });
    const board = usbDevice('1-1.5', '2341', { ttyACM0: { number: 0, driver: 'cdc_acm' } });
    expect(await findModems(hostWith(modem, converter, board), [])).toEqual([
      { key: '1-1.3', vendorId: '2c7c', plugged: '7', ports: ['/dev/ttyUSB2', '/dev/ttyUSB3', '/dev/ttyUSB0'] },
    ]);
  });

  test('of Huawei’s ports asks the one for commands, and never the one for diagnosis', async () => {
    const modem = usbDevice('2-1', '12d1', {
      ttyUSB0: { number: 0, driver: 'option', protocol: '10' },
      ttyUSB1: { number: 1, driver: 'option', protocol: '13' },
      ttyUSB2: { number: 2, driver: 'option', protocol: '12' },
    });
    expect((await findModems(hostWith(modem), []))[0]?.ports).toEqual(['/dev/ttyUSB2', '/dev/ttyUSB0']);
  });

  test('follows the link of a configured port to its modem', async () => {
    const modem = usbDevice('1-1.3', '2c7c', { ttyUSB3: { number: 3, driver: 'option' } });
    modem.files['/dev/ttyUSB3'] = '';
    modem.links['/dev/serial/by-id/usb-Quectel-if03'] = '../../ttyUSB3';
    expect(await findModems(hostWith(modem), ['/dev/serial/by-id/usb-Quectel-if03', '/dev/ttyUSB8'])).toEqual([
      { key: '1-1.3', vendorId: '2c7c', plugged: '7', ports: ['/dev/serial/by-id/usb-Quectel-if03'] },
    ]);
  });

  test('finds modems on PCIe', async () => {
    const host = new LinuxHost({ root: makeTree({ '/sys/class/wwan/wwan0/x': '', '/sys/class/wwan/wwan0at0/x': '' }) });
    expect(await findModems(host, [])).toEqual([
      { key: 'wwan0', vendorId: undefined, plugged: undefined, ports: ['/dev/wwan0at0'] },
    ]);
  });
});

/** A machine on which ModemManager runs, with what mmcli prints there. */
class ManagedHost extends LinuxHost {
  readonly asked: string[] = [];
  readonly #outputs: ReadonlyMap<string, string>;

  constructor(root: string, outputs: ReadonlyMap<string, string>) {
    super({ root });
    this.#outputs = outputs;
  }

  override async run(command: string, args: readonly string[]): Promise<string | undefined> {
    const line = [command, ...args].join(' ');
    this.asked.push(line);
    const output = this.#outputs.get(line);
    if (output === undefined) throw new Error(`${line}: exit code 1`);
    return output === '' ? undefined : output;
  }
}

const path = '/org/freedesktop/ModemManager1/Modem/3';
const bearer = '/org/freedesktop/ModemManager1/Bearer/5';
const generic = {
  device: '/sys/devices/platform/usb1/1-1/1-1.3',
  manufacturer: 'Quectel',
  model: 'EM12-G',
  revision: 'EM12GPAR01A16M4G',
  'access-technologies': ['lte', '5gnr'],
  bearers: [bearer],
  ports: ['cdc-wdm0 (mbim)', 'ttyUSB2 (at)'],
  'equipment-identifier': '869700000000001',
  'own-numbers': ['13800000000'],
  'signal-quality': { recent: 'yes', value: '61' },
  sim: '/org/freedesktop/ModemManager1/SIM/0',
  'unlock-required': 'sim-pin2',
};
const modem3gpp = {
  imei: '869700000000001',
  'operator-code': '46001',
  'operator-name': 'CHN-UNICOM',
  'registration-state': 'home',
};
const cells = [
  'cell type: lte, serving: yes, operator id: 46001, tac: 2F1A, ci: 0A1B2C3D, physical ci: D3, earfcn: 1650, rsrp: -91.0, rsrq: -11.0, bandwidth: 20000',
  'cell type: lte, serving: no, operator id: 46001, physical ci: 57, earfcn: 100, rsrp: -99.0, rsrq: -14.0',
];
const outputs = new Map([
  ['mmcli -J -L', JSON.stringify({ 'modem-list': [path] })],
  [`mmcli -J -m ${path}`, JSON.stringify({ modem: { '3gpp': modem3gpp, generic } })],
  [
    `mmcli -J -m ${path} --signal-get`,
    JSON.stringify({
      modem: {
        signal: {
          lte: { rsrp: '-92.00', rsrq: '-9.00', rssi: '-64.00', snr: '19.20' },
          '5g': { rsrp: '-84.00', rsrq: '-10.00', snr: '--' },
        },
      },
    }),
  ],
  [`mmcli -J -m ${path} --get-cell-info`, JSON.stringify({ modem: { generic: { 'cell-info': cells } } })],
  [
    `mmcli -J -b ${bearer}`,
    JSON.stringify({
      bearer: {
        'dbus-path': bearer,
        'ipv4-config': { address: '10.21.32.43', dns: ['10.21.0.53'], method: 'static' },
        'ipv6-config': { address: '240e:7e:32a1::1', dns: [], method: 'static' },
        properties: { apn: '3gnet' },
        status: { connected: 'yes', interface: 'wwan0' },
      },
    }),
  ],
]);

describe('a modem that ModemManager has', () => {
  const modem = usbDevice('1-1.3', '2c7c', { ttyUSB2: { number: 2, driver: 'option' } });
  const group = { '/sys/fs/cgroup/system.slice/ModemManager.service/cgroup.procs': '77\n' };

  /** One sample; no port of this machine can be opened, for it has none. */
  async function sample(known: ReadonlyMap<string, string>): Promise<{ result: Collected; asked: string[] }> {
    const host = new ManagedHost(makeTree({ ...modem.files, ...group }, modem.links), known);
    return { result: await createCellular().collect(host, { ports: [] }, noSignal), asked: host.asked };
  }

  test('is read by mmcli, without any identity', async () => {
    const { result } = await sample(outputs);
    if (!Array.isArray(result)) throw new Error(JSON.stringify(result));
    expect(result[0]).toMatchObject({
      tags: { modem: '1-1.3' },
      fields: {
        ...{ source: 'modem-manager', model: 'EM12-G', sim_state: 'ready', registration: 'home', technology: 'en-dc' },
        ...{ operator: 'CHN-UNICOM', operator_code: '46001', signal_percent: 61, band: 'B3', pci: 211, tac: '2F1A' },
        ...{ ipv4_addresses: '["10.21.32.43"]', ipv6_addresses: '["240e:7e:32a1::1"]', neighbour_count: 1 },
      },
    });
    expect(result.slice(1).map(({ fields }) => [fields['technology'], fields['rsrp_dbm'], fields['sinr_db']])).toEqual([
      ['lte', -91, 19.2],
      ['nr', -84, undefined],
    ]);
    expect(JSON.stringify(result)).not.toMatch(/8697|1380/);
  });

  test('one that it does not show yet is left to it, and so is one when mmcli is missing', async () => {
    const unknown = await sample(new Map([['mmcli -J -L', '{"modem-list":[]}']]));
    expect(unknown.result).toMatchObject({ metrics: [], failures: [{ code: 'serial_busy' }] });
    await expect(sample(new Map([['mmcli -J -L', '']]))).rejects.toThrow('mmcli, which could ask it, is not installed');
  });
});

describe('parseMmcli', () => {
  test('refuses truncated and foreign JSON, and notes what is no number', () => {
    expect(() => parseMmcli('{"modem":{"signal"')).toThrow('mmcli: expected JSON');
    expect(() => parseMmcli('{"answer":42}')).toThrow('mmcli: expected an object with modem');
    const { facts, notUnderstood } = parseMmcli('{"modem":{"signal":{"lte":{"rsrp":"strong","rsrq":"-9"}}}}');
    expect(facts.signals).toMatchObject([{ technology: 'lte', rsrqDb: -9 }]);
    expect(notUnderstood).toEqual([{ line: 1, field: 'modem.signal.lte.rsrp', value: 'strong' }]);
  });
});

describe('flockOwner', () => {
  const locks =
    '1: POSIX  ADVISORY  WRITE 11 00:05:512 0 EOF\n2: FLOCK  ADVISORY  WRITE 9352 00:05:513 0 EOF\n2: -> FLOCK  ADVISORY  WRITE 7 00:05:512 0 EOF\n';
  test('finds who has locked a file, by device and inode', () => {
    expect(flockOwner(locks, { dev: 5, ino: 513 })).toBe('process 9352');
    expect(flockOwner(locks, { dev: 5, ino: 512 })).toBeUndefined();
    expect(
      flockOwner('2: FLOCK  ADVISORY  WRITE 9352 fe:100:513 0 EOF', { dev: (0xfe << 8) | (1 << 20), ino: 513 }),
    ).toBe('process 9352');
    expect(flockOwner('', { dev: 5, ino: 513 })).toBeUndefined();
  });
});
