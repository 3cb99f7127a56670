import type { Host } from '../../host/host.ts';
import { parseCount } from '../../parse-failure.ts';

/** Settings of IPv6 on one interface (Documentation/networking/ip-sysctl.rst). */
export interface InterfaceSettings {
  name: string;
  forwarding: boolean | undefined;
  acceptRa: number | undefined;
}

const directory = '/proc/sys/net/ipv6/conf';

/** The interfaces that have IPv6 enabled, without the loopback; undefined when the kernel has no IPv6. */
export async function readInterfaceSettings(host: Host): Promise<InterfaceSettings[] | undefined> {
  const names = await host.readDir(directory);
  if (names === undefined) return undefined;
  const settings: InterfaceSettings[] = [];
  for (const name of names) {
    if (['all', 'default', 'lo'].includes(name)) continue;
    if ((await readSetting(host, name, 'disable_ipv6')) === 1) continue;
    const acceptRa = await readSetting(host, name, 'accept_ra');
    settings.push({ name, forwarding: await readForwarding(host, name), acceptRa });
  }
  return settings;
}

/** Whether an interface, or for `all` the machine, forwards packets. */
export async function readForwarding(host: Host, name: string): Promise<boolean | undefined> {
  const value = await readSetting(host, name, 'forwarding');
  return value === undefined ? undefined : value !== 0;
}

async function readSetting(host: Host, name: string, setting: string): Promise<number | undefined> {
  const source = `${directory}/${name}/${setting}`;
  const text = await host.readFile(source);
  return text === undefined ? undefined : parseCount(text.trim(), { source, line: 1 }, setting);
}
