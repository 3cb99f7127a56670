/** Octets before the value of a TLV: flags, type and length (RFC 8972 §4). */
const HEADER_BYTES = 4;

/** Flags that a reflector sets; all others go back as zero (RFC 8972 §4). */
const UNRECOGNISED = 0x80;
const MALFORMED = 0x40;

/** Extra Padding (RFC 8972 §4.1), which asks for nothing but to come back. */
const EXTRA_PADDING = 1;

/**
 * Marks, in place, what this reflector makes of each TLV of an extended test packet: only padding is understood, and all go back as they came. What is
 * malformed ends the reading. Zeros to the end are the padding of a TWAMP Light sender (RFC 8762 §4.6), and no TLVs.
 *
 *     80 01 00 04 xx xx xx xx   → 00 01 00 04 …   padding
 *     80 03 00 08 …             → 80 03 00 08 …   timestamp information: not understood
 *     80 01 ff ff xx            → 40 01 ff ff xx  longer than the packet
 */
export function markTlvs(bytes: Uint8Array): void {
  let rest = bytes;
  while (rest.length >= HEADER_BYTES && rest.some((octet) => octet !== 0)) {
    const [, type, high = 0, low = 0] = rest;
    const end = HEADER_BYTES + high * 256 + low;
    if (end > rest.length) {
      rest[0] = MALFORMED;
      return;
    }
    rest[0] = type === EXTRA_PADDING ? 0 : UNRECOGNISED;
    rest = rest.subarray(end);
  }
}
