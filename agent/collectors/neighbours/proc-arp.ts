import { isIPv4 } from 'node:net';
import { parseMac } from '../../../contract/mac-address.ts';
import { parseHex } from '../../parse-failure.ts';
import { type Neighbour, neighbourFailure } from './neighbour.ts';

/** Flags of include/uapi/linux/if_arp.h. */
const ATF_COM = 0x02;
const ATF_PERM = 0x04;
const ATF_PUBL = 0x08;

/** The heading of the file. */
export const arpHeading = /^IP address\s+HW type\s+Flags\s+HW address\s+Mask\s+Device\s*$/;

/**
 * Parses a row of /proc/net/arp (net/ipv4/arp.c, arp_format_neigh_entry). It tells whether an address is known, and not how fresh that is.
 *
 *     IP address       HW type     Flags       HW address            Mask     Device
 *     192.0.2.1        0x1         0x2         02:00:00:00:00:01     *        eth0
 *     192.0.2.9        0x1         0x0         00:00:00:00:00:00     *        eth0
 *
 * @throws CampusError `parse_failed`
 */
export function parseArpRow(row: string, number: number): Neighbour {
  const place = { source: '/proc/net/arp', line: number };
  const [address = '', type, flagText, hardware = '', , name, ...rest] = row.trim().split(/\s+/);
  if (name === undefined || rest.length > 0) throw neighbourFailure(place, 'six columns', row);
  if (!isIPv4(address)) throw neighbourFailure(place, 'an IPv4 address', address);
  parseHex(type?.replace(/^0x/, ''), place, 'HW type');
  const flags = parseHex(flagText?.replace(/^0x/, ''), place, 'flags');
  const isComplete = (flags & ATF_COM) !== 0;
  if (isComplete && parseMac(hardware) === undefined && !/^([0-9a-f]{2}:)+[0-9a-f]{2}$|^\*$/i.test(hardware)) {
    throw neighbourFailure(place, 'a hardware address', hardware);
  }
  const state = (flags & ATF_PERM) !== 0 ? 'permanent' : isComplete ? 'complete' : 'incomplete';
  return {
    ...{ address, interface: name, linkLayer: isComplete && hardware !== '*' ? hardware.toLowerCase() : undefined },
    ...{ states: [state], isRouter: false, isProxy: (flags & ATF_PUBL) !== 0 },
  };
}
