import type { Systeminformation } from 'systeminformation';
import type { Inventory } from '../../contract/inventory.ts';
import { listSerialPorts, type SerialPortFacts } from '../host/serial.ts';

/** What systeminformation and serialport tell: the parts of an inventory that change with a screwdriver or an update. */
export type HardwareFacts = Pick<Inventory, 'hardware' | 'disks' | 'serial_ports'> & {
  os: string | undefined;
  osVersion: string | undefined;
};

/**
 * Asks systeminformation, the only place that does, and for the serial ports. Both start child processes and read slowly: once an hour is enough.
 * They are loaded when first asked, for a start without them is faster and smaller.
 */
export async function readHardware(): Promise<HardwareFacts> {
  const { default: si } = await import('systeminformation');
  const [system, cpu, memory, os, devices, layout, ports] = await Promise.all([
    si.system(),
    si.cpu(),
    si.mem(),
    si.osInfo(),
    si.blockDevices(),
    si.diskLayout(),
    listSerialPorts(),
  ]);
  const [manufacturer, model] = [known(system.manufacturer), known(system.model)];
  const processor = known(`${cpu.manufacturer} ${cpu.brand}`);
  return {
    hardware: {
      ...(manufacturer === undefined ? {} : { manufacturer }),
      ...(model === undefined ? {} : { model }),
      ...(processor === undefined ? {} : { cpu: processor }),
      ...(cpu.cores > 0 ? { cpu_count: cpu.cores } : {}),
      ...(memory.total > 0 ? { memory_bytes: memory.total } : {}),
      virtual: system.virtual,
    },
    disks: devices.filter(({ type, size }) => type === 'disk' && size > 0).map((device) => toDisk(device, layout)),
    serial_ports: ports.map(toSerialPort),
    os: known(os.distro),
    osVersion: known(os.release),
  };
}

type Disk = Inventory['disks'][number];

function toDisk(device: Systeminformation.BlockDevicesData, layout: Systeminformation.DiskLayoutData[]): Disk {
  const detail = layout.find((disk) => disk.device === `/dev/${device.name}`);
  const model = known(detail?.name) ?? known(device.model);
  return {
    name: device.name,
    type: known(detail?.type) ?? known(device.physical) ?? 'disk',
    ...(model === undefined ? {} : { model }),
    size_bytes: device.size,
  };
}

function toSerialPort({ path, ...port }: SerialPortFacts): Inventory['serial_ports'][number] {
  const [manufacturer, vendor, product] = [known(port.manufacturer), known(port.vendorId), known(port.productId)];
  return {
    path,
    ...(manufacturer === undefined ? {} : { manufacturer }),
    ...(vendor === undefined ? {} : { vendor_id: vendor }),
    ...(product === undefined ? {} : { product_id: product }),
  };
}

const TEXT_MAX_CHARS = 256;

/** A text where there is one: what firmware leaves empty is unknown. */
function known(value: string | undefined): string | undefined {
  const trimmed = value?.trim().slice(0, TEXT_MAX_CHARS);
  return trimmed === '' ? undefined : trimmed;
}
