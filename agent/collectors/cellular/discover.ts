import { basename } from 'node:path';
import type { Host } from '../../host/host.ts';

/** A modem, found by its place, which stays when its ports get other names. */
export interface Modem {
  /** USB port such as 1-1.3, WWAN device such as wwan0, or the name of a configured port. */
  key: string;
  vendorId: string | undefined;
  /** Changes each time the modem is plugged in or starts anew; undefined off USB. */
  plugged: string | undefined;
  /** Ports that may speak AT, the likeliest first. */
  ports: string[];
}

/** Drivers that serve modems and nothing else (drivers/usb/serial). */
const modemDrivers = new Set(['option', 'option1', 'qcserial', 'sierra', 'hso', 'sierra_net']);

/**
 * USB vendors that make modems, where a driver serves other things, too: Quectel, Fibocom, MediaTek (FM350), Huawei, TD Tech, SimTech, MeiG, ZTE,
 * Telit, Sierra, u-blox, Thales.
 */
const modemVendors = new Set([
  ...['2c7c', '2cb7', '1508', '0e8d', '12d1', '3466', '1e0e', '2dee', '19d2', '1bc7', '1199', '1546', '1e2d'],
]);

/** Huawei's interfaces by protocol: command port, modem port. Others, of which diagnosis is one, are left alone. */
const huaweiVendors = new Set(['12d1', '3466']);
const huaweiProtocols = ['12', '02', '10', '01'];

/** USB interfaces on which most modems speak AT; the first ones are for diagnosis and positions. */
const likelyInterfaces = [2, 3];

/** The modems with a port for AT or a control channel, by sysfs alone. @param configured paths of ports, which then are the only ones */
export async function findModems(host: Host, configured: readonly string[]): Promise<Modem[]> {
  if (configured.length > 0) return (await Promise.all(configured.map((path) => configuredModem(host, path)))).flat();
  const interfaces = await usbInterfaces(host);
  const keys = [...new Set(interfaces.map(({ key }) => key))];
  const onUsb = await Promise.all(
    keys.map((key) =>
      usbModem(
        host,
        key,
        interfaces.filter((entry) => entry.key === key),
      ),
    ),
  );
  return [...onUsb.flat(), ...(await wwanModems(host))];
}

interface UsbInterface {
  key: string;
  /** Such as 1-1.3:1.2. */
  name: string;
  number: number;
  /** The port's device file; undefined for a control channel (MBIM, QMI), which speaks no AT. */
  port: string | undefined;
}

async function usbInterfaces(host: Host): Promise<UsbInterface[]> {
  const ttys = ((await host.readDir('/sys/class/tty')) ?? []).filter((name) => /^tty(USB|ACM)\d+$/.test(name));
  const controls = ((await host.readDir('/sys/class/usbmisc')) ?? []).filter((name) => /^cdc-wdm\d+$/.test(name));
  const found = [
    ...ttys.map((name) => usbInterface(host, `/sys/class/tty/${name}`, `/dev/${name}`)),
    ...controls.map((name) => usbInterface(host, `/sys/class/usbmisc/${name}`, undefined)),
  ];
  return (await Promise.all(found)).flat();
}

/** The link leads through the device and its interface: `…/usb1/1-1/1-1.3/1-1.3:1.2/ttyUSB2/tty/ttyUSB2`. */
async function usbInterface(host: Host, link: string, port: string | undefined): Promise<UsbInterface[]> {
  const target = await host.readLink(link);
  const [, key, configuration, number] = /\/(\d+-[\d.]+):(\d+)\.(\d+)\//.exec(target ?? '') ?? [];
  if (key === undefined || number === undefined) return [];
  return [{ key, name: `${key}:${configuration}.${number}`, number: Number(number), port }];
}

/** A USB device as a modem; nothing when it is something else, such as a converter or a board. */
async function usbModem(host: Host, key: string, interfaces: readonly UsbInterface[]): Promise<Modem[]> {
  const directory = `/sys/bus/usb/devices/${key}`;
  const vendorId = (await host.readFile(`${directory}/idVendor`))?.trim();
  const drivers = await Promise.all(interfaces.map(({ name }) => driverOf(host, name)));
  const isModem =
    drivers.some((driver) => modemDrivers.has(driver)) ||
    modemVendors.has(vendorId ?? '') ||
    interfaces.some(({ port }) => port === undefined);
  if (!isModem) return [];
  const ports = await rankPorts(host, vendorId, interfaces);
  return [{ key, vendorId, plugged: (await host.readFile(`${directory}/devnum`))?.trim(), ports }];
}

async function driverOf(host: Host, name: string): Promise<string> {
  return basename((await host.readLink(`/sys/bus/usb/devices/${name}/driver`)) ?? '');
}

async function rankPorts(
  host: Host,
  vendorId: string | undefined,
  interfaces: readonly UsbInterface[],
): Promise<string[]> {
  const ranked = await Promise.all(
    interfaces.map(async ({ name, number, port }) => {
      if (!huaweiVendors.has(vendorId ?? '')) {
        const likely = likelyInterfaces.indexOf(number);
        return { port, number, rank: likely < 0 ? likelyInterfaces.length : likely };
      }
      const protocol = (await host.readFile(`/sys/bus/usb/devices/${name}/bInterfaceProtocol`))?.trim() ?? '';
      return { port, number, rank: huaweiProtocols.indexOf(protocol) };
    }),
  );
  const usable = ranked.filter(({ rank }) => rank >= 0);
  return usable.toSorted((a, b) => a.rank - b.rank || a.number - b.number).flatMap(({ port }) => port ?? []);
}

/** Modems of the kernel's WWAN framework (PCIe, MHI): /sys/class/wwan has wwan0 and its ports, wwan0at0. */
async function wwanModems(host: Host): Promise<Modem[]> {
  const names = (await host.readDir('/sys/class/wwan')) ?? [];
  return names
    .filter((name) => /^wwan\d+$/.test(name))
    .map((key) => {
      const ports = names.filter((name) => name.startsWith(`${key}at`)).map((name) => `/dev/${name}`);
      return { key, vendorId: undefined, plugged: undefined, ports };
    });
}

/** A configured port with the USB device behind it, if there is one: links such as /dev/serial/by-id/… are followed. */
async function configuredModem(host: Host, path: string): Promise<Modem[]> {
  if ((await host.fileMode(path)) === undefined) return [];
  const name = basename((await host.readLink(path)) ?? path);
  const [usb] = await usbInterface(host, `/sys/class/tty/${name}`, path);
  const [modem] = usb === undefined ? [] : await usbModem(host, usb.key, [usb]);
  if (modem !== undefined) return [{ ...modem, ports: [path] }];
  return [{ key: basename(path), vendorId: undefined, plugged: undefined, ports: [path] }];
}
