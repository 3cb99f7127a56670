import { withoutMacs } from '../contract/mac-address.ts';

/**
 * A MAC address of which an output that ended early, or a text that was cut, has left four or five pairs: more than the maker's part, so nearly whose
 * device it is. Parts of longer rows of pairs, such as an IPv6 address, are left alone.
 */
const CUT_SHORT = /(?<![0-9a-f:-])[0-9a-f]{2}([:-])[0-9a-f]{2}\1[0-9a-f]{2}(?:\1[0-9a-f]{1,2}){1,2}\1?(?![0-9a-f:-])/gi;

/** A MAC address without separators. A serial number of twelve digits is taken for one as well: an error can do without. */
const BARE = /(?<![0-9a-z])[0-9a-f]{12}(?![0-9a-z])/gi;

/** Why a collector failed, as it may leave the machine: parsers show the line they stumbled over, and clients' addresses stand in some. */
export function maskedError(text: string): string {
  return withoutMacs(text).replaceAll(CUT_SHORT, '[mac]').replaceAll(BARE, '[mac]');
}
