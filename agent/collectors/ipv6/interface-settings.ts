import type { Host } from '../../host/host.ts';
import { type Place, parseCount } from '../../parse-failure.ts';

/** Settings of IPv6 on one interface (Documentation/networking/ip-sysctl.rst). */
export interface InterfaceSettings {
  name: string;
  forwarding: boolean | undefined;
  acceptRa: number | undefined;
  useTempaddr: number | undefined;
  mtuBytes: number | undefined;
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
    settings.push({
      name,
      forwarding: await readForwarding(host, name),
      acceptRa: await readSetting(host, name, 'accept_ra'),
      useTempaddr: await readSetting(host, name, 'use_tempaddr'),
      mtuBytes: await readSetting(host, name, 'mtu'),
    });
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
  return text === undefined ? undefined : parseSetting(text.trim(), { source, line: 1 }, setting);
}

/** Settings are signed: `use_tempaddr` is −1 on links that have no room for them. */
function parseSetting(text: string, place: Place, setting: string): number {
  return text.startsWith('-') ? -parseCount(text.slice(1), place, setting) : parseCount(text, place, setting);
}
