import { hostname } from 'node:os';
import type { Inventory } from '../../contract/inventory.ts';
import { readNameServers } from '../collectors/ipv6/resolv-conf.ts';
import { parseUptime } from '../collectors/system/load.ts';
import { type Host, readParsed } from '../host/host.ts';
import { readHardware } from './hardware.ts';
import { readInterfaces } from './interfaces.ts';

/**
 * What this machine is made of, without anything personal. Takes seconds on a slow box.
 * @param version of the agent
 */
export async function readInventory(host: Host, version: string, signal: AbortSignal): Promise<Inventory> {
  const { hardware, disks, serial_ports, os, osVersion } = await readHardware();
  const kernel = (await host.readFile('/proc/sys/kernel/osrelease'))?.trim();
  const nameServers = (await readNameServers(host)) ?? [];
  return {
    type: 'DeviceMonitoring',
    general: {
      hostname: hostname(),
      local_time: Math.floor(host.now() / 1000),
      uptime: Math.floor((await readParsed(host, '/proc/uptime', parseUptime)) ?? 0),
    },
    hardware,
    software: {
      ...(os === undefined ? {} : { os }),
      ...(osVersion === undefined ? {} : { os_version: osVersion }),
      ...(kernel === undefined ? {} : { kernel }),
      architecture: process.arch,
      node: process.versions.node,
      agent: version,
    },
    disks: disks.slice(0, 64),
    interfaces: await readInterfaces(host, signal),
    serial_ports: serial_ports.slice(0, 64),
    dns_servers: nameServers.map(({ address }) => address),
  };
}
