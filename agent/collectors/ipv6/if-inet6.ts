import { parseFailure, parseHex } from '../../parse-failure.ts';
import { type Groups, parseHexAddress } from './address.ts';

/** Flags of an address (include/uapi/linux/if_addr.h) that fit the eight bits which /proc shows. */
const IFA_F_TEMPORARY = 0x01;
const IFA_F_DADFAILED = 0x08;
const IFA_F_DEPRECATED = 0x20;
const IFA_F_TENTATIVE = 0x40;
const IFA_F_PERMANENT = 0x80;

/** An address as the kernel lists it. */
export interface KernelAddress {
  groups: Groups;
  interface: string;
  prefixLength: number;
  temporary: boolean;
  dadFailed: boolean;
  deprecated: boolean;
  tentative: boolean;
  /** Set by hand or by the kernel for itself; others have a lifetime. */
  permanent: boolean;
}

/**
 * Parses /proc/net/if_inet6 (net/ipv6/addrconf.c, if6_seq_show): address, interface index, prefix length, scope, flags,
 * name; all numbers hexadecimal.
 *
 *     fe80000000000000020c29fffea4e315 02 40 20 80    ens33
 *     00000000000000000000000000000001 01 80 10 80       lo
 *
 * @throws CampusError `parse_failed`
 */
export function parseIfInet6(text: string): KernelAddress[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const place = { source: '/proc/net/if_inet6', line: index + 1 };
    const [address, ifindex, prefix, scope, flagText, name, ...rest] = line.trim().split(/\s+/);
    if (name === undefined || rest.length > 0) throw parseFailure(place, 'six columns', line);
    parseHex(ifindex, place, 'interface index');
    parseHex(scope, place, 'scope');
    const flags = parseHex(flagText, place, 'flags');
    const prefixLength = parseHex(prefix, place, 'prefix length');
    if (prefixLength > 128) throw parseFailure(place, 'a prefix length of at most 128 (80)', prefix);
    return [
      {
        groups: parseHexAddress(address, place),
        interface: name,
        prefixLength,
        temporary: (flags & IFA_F_TEMPORARY) !== 0,
        dadFailed: (flags & IFA_F_DADFAILED) !== 0,
        deprecated: (flags & IFA_F_DEPRECATED) !== 0,
        tentative: (flags & IFA_F_TENTATIVE) !== 0,
        permanent: (flags & IFA_F_PERMANENT) !== 0,
      },
    ];
  });
}
