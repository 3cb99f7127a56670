import type { Host } from '../../host/host.ts';
import { parseAttributeCount } from './link.ts';

export type InterfaceKind =
  | 'ethernet'
  | 'wifi'
  | 'cellular'
  | 'loopback'
  | 'bridge'
  | 'bond'
  | 'vlan'
  | 'tunnel'
  | 'veth'
  | 'virtual';

/** What sysfs tells of an interface's nature; it stays as long as the interface does. */
export interface Nature {
  /** ARPHRD_* of include/uapi/linux/if_arp.h. */
  type: number | undefined;
  /** DEVTYPE of uevent: wlan, bridge, vlan, wwan and others; absent for plain Ethernet. */
  devtype: string | undefined;
  /** Files and links in the interface's directory. */
  entries: readonly string[];
  ifindex: number | undefined;
  /** Index of the interface below, or of the other end of a pair; the own one when there is neither. */
  iflink: number | undefined;
  /** Where /sys/class/net/{name} points. */
  target: string | undefined;
}

const ARPHRD_ETHER = 1;
const ARPHRD_PPP = 512;
const ARPHRD_RAWIP = 519;
const ARPHRD_LOOPBACK = 772;
/** IPIP, IP6TNL, SIT, GRE, IP6GRE, and NONE of tun and WireGuard. */
const tunnelTypes = [768, 769, 776, 778, 823, 65534];
const tunnelDevtypes = ['wireguard', 'ppp', 'gre', 'gretap', 'ip6gre', 'vxlan', 'geneve', 'sit', 'ipip'];

/** The kind of an interface; undefined for hardware of another sort (CAN, InfiniBand). */
export function interfaceKind(nature: Nature): InterfaceKind | undefined {
  const { type, devtype, entries } = nature;
  if (type === ARPHRD_LOOPBACK) return 'loopback';
  if (devtype === 'wlan' || entries.includes('wireless') || entries.includes('phy80211')) return 'wifi';
  if (devtype === 'wwan' || type === ARPHRD_RAWIP) return 'cellular';
  if (devtype === 'bridge' || entries.includes('bridge')) return 'bridge';
  if (devtype === 'bond' || entries.includes('bonding')) return 'bond';
  if (devtype === 'vlan') return 'vlan';
  if (isTunnel(nature)) return 'tunnel';
  if (isVirtual(nature) === true) return isPair(nature) ? 'veth' : 'virtual';
  return type === ARPHRD_ETHER ? 'ethernet' : undefined;
}

/** True when no hardware stands behind the interface (Documentation/admin-guide/sysfs-rules.rst); undefined when sysfs does not say. */
export function isVirtual({ target, entries }: Nature): boolean | undefined {
  if (target !== undefined) return target.includes('/devices/virtual/');
  return entries.includes('device') ? false : undefined;
}

function isTunnel({ type, devtype, entries }: Nature): boolean {
  if (entries.includes('tun_flags') || type === ARPHRD_PPP) return true;
  return tunnelDevtypes.includes(devtype ?? '') || (type !== undefined && tunnelTypes.includes(type));
}

/** A pair names its other end as iflink but, unlike a macvlan, has no interface below it. */
function isPair({ devtype, entries, ifindex, iflink }: Nature): boolean {
  if (devtype !== undefined || entries.some((name) => name.startsWith('lower_'))) return false;
  return ifindex !== undefined && iflink !== undefined && iflink !== ifindex;
}

/**
 * Parses uevent of an interface (lib/kobject_uevent.c):
 *
 *     DEVTYPE=wlan
 *     INTERFACE=wlan0
 *     IFINDEX=3
 *
 * @returns the value of DEVTYPE
 */
export function parseDevtype(text: string): string | undefined {
  return /^DEVTYPE=(.+)$/m.exec(text)?.[1];
}

/** Reads what `interfaceKind` and `isVirtual` need. */
export async function readNature(host: Host, name: string): Promise<Nature> {
  const directory = `/sys/class/net/${name}`;
  const count = async (attribute: string): Promise<number | undefined> => {
    const text = await host.readFile(`${directory}/${attribute}`);
    return text === undefined ? undefined : parseAttributeCount(text.trim(), `${directory}/${attribute}`);
  };
  const uevent = await host.readFile(`${directory}/uevent`);
  return {
    type: await count('type'),
    devtype: uevent === undefined ? undefined : parseDevtype(uevent),
    entries: (await host.readDir(directory)) ?? [],
    ifindex: await count('ifindex'),
    iflink: await count('iflink'),
    target: await host.readLink(directory),
  };
}
