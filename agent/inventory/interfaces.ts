import type { Inventory } from '../../contract/inventory.ts';
import { parseIfInet6 } from '../collectors/ipv6/if-inet6.ts';
import { addressKey } from '../collectors/ipv6/ip-facts.ts';
import { type IpAddress, parseIpAddresses } from '../collectors/ipv6/ip-json.ts';
import { parseIpv6Route } from '../collectors/ipv6/ipv6-route.ts';
import { listAddresses } from '../collectors/ipv6/listed-address.ts';
import type { AddressOrigin } from '../collectors/ipv6/origin.ts';
import { interfaceKind, readNature } from '../collectors/network/identity.ts';
import { readLink } from '../collectors/network/link.ts';
import { parseNetDev } from '../collectors/network/net-dev.ts';
import { type Host, readParsed } from '../host/host.ts';

type Interface = Inventory['interfaces'][number];
type Address = Interface['addresses'][number];

const INTERFACES_MAX = 256;
const ADDRESSES_MAX = 64;
const IFF_UP = 0x1;

/** NetJSON's words for where an address comes from. */
const protoOf = { slaac: 'slaac', dhcpv6: 'dhcp', static: 'static', unknown: 'unknown' } as const satisfies Record<
  AddressOrigin,
  Address['proto']
>;

/** The machine's interfaces with their addresses, from /proc, /sys and one call of `ip`. */
export async function readInterfaces(host: Host, signal: AbortSignal): Promise<Interface[]> {
  const names = (await readParsed(host, '/proc/net/dev', parseNetDev)) ?? [];
  const addresses = await readAddresses(host, signal);
  return Promise.all(names.slice(0, INTERFACES_MAX).map(({ name }) => readInterface(host, name, addresses)));
}

type NamedAddress = Address & { interface: string };

async function readInterface(host: Host, name: string, addresses: readonly NamedAddress[]): Promise<Interface> {
  const [nature, link] = await Promise.all([readNature(host, name), readLink(host, name)]);
  const flags = Number((await host.readFile(`/sys/class/net/${name}/flags`))?.trim() ?? 0);
  const mac = (await host.readFile(`/sys/class/net/${name}/address`))?.trim();
  const own = addresses.filter((address) => address.interface === name).slice(0, ADDRESSES_MAX);
  return {
    name,
    type: interfaceKind(nature) ?? 'unknown',
    up: (flags & IFF_UP) !== 0,
    ...(mac === undefined || mac === '' ? {} : { mac }),
    ...(link.mtuBytes === undefined ? {} : { mtu: link.mtuBytes }),
    ...(link.speed === undefined ? {} : { speed_mbit_per_second: link.speed }),
    addresses: own.map(({ proto, family, address, mask }) => ({ proto, family, address, mask })),
  };
}

async function readAddresses(host: Host, signal: AbortSignal): Promise<NamedAddress[]> {
  const output = await host.run('ip', ['-j', '-d', 'addr'], { signal, timeoutMs: 3000, maxBytes: 4 * 1024 * 1024 });
  const known = output === undefined ? [] : parseIpAddresses(output);
  const routes = (await readParsed(host, '/proc/net/ipv6_route', parseIpv6Route)) ?? [];
  const kernel = (await readParsed(host, '/proc/net/if_inet6', parseIfInet6)) ?? [];
  const byKey = new Map(known.map((address) => [addressKey(address.interface, address.address), address]));
  const facts = output === undefined ? undefined : { addresses: byKey, routes: [], at: host.monotonicMs() };
  const ipv6 = listAddresses(kernel, facts, routes).map((listed): NamedAddress => {
    const { address, prefix_length: mask, origin } = listed;
    return { proto: protoOf[origin], family: 'ipv6', address, mask, interface: listed.interface };
  });
  return [...known.filter(({ family }) => family === 'inet').map(toIpv4), ...ipv6];
}

/** The kernel does not do DHCP: an IPv4 address with a lifetime is one that a DHCP client has leased. */
function toIpv4({ address, prefixLength, dynamic, interface: name }: IpAddress): NamedAddress {
  return { proto: dynamic ? 'dhcp' : 'static', family: 'ipv4', address, mask: prefixLength, interface: name };
}
