import { BlockList, isIPv6 } from 'node:net';
import { plainAddress } from '../access/network-address.ts';
import { parseNetwork } from './network.ts';

/** Addresses that no router of the Internet forwards: loopback, RFC 1918, RFC 3927, RFC 4193, link-local. */
const privateNetworks = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
];

/**
 * Who is answered, by the configuration.
 * @param sources `gateway.stamp.sources`
 * @param ownNetworks the networks of this machine, as CIDR
 */
export function allowedSources(
  sources: readonly string[],
  ownNetworks: readonly string[],
): (address: string) => boolean {
  const list = new BlockList();
  const texts = sources.flatMap((source) => (source === 'local' ? [...privateNetworks, ...ownNetworks] : [source]));
  for (const network of texts.map(parseNetwork)) {
    if (network !== undefined) list.addSubnet(network.address, network.prefixLength, network.family);
  }
  return (address) => {
    const plain = plainAddress(address).replace(/%.*$/, '');
    return list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
  };
}
