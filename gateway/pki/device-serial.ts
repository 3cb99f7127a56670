/** The account that a device's certificate was made for, and as which it stands from then on. */
export interface CertifiedAccount {
  /** When the account was made, ms. */
  createdAt: number;
  /** The account's version; a later one makes the certificate invalid. */
  version: number;
}

/** Random octets: what the CA/Browser Forum asks of a serial number (Baseline Requirements §7.1). */
export const SERIAL_RANDOM_BYTES = 8;

/**
 * A serial number that says which version of an account a certificate belongs to: revoking the account, or joining anew, makes every
 * certificate from before invalid, and there is no list of them to keep. 19 octets, of which the first makes the number positive.
 * @param random 8 random octets
 * @returns hexadecimal
 */
export function encodeDeviceSerial({ createdAt, version }: CertifiedAccount, random: Uint8Array): string {
  const bytes = Buffer.alloc(19);
  bytes[0] = 1;
  bytes.writeUIntBE(createdAt, 1, 6);
  bytes.writeUInt32BE(version, 7);
  bytes.set(random.subarray(0, SERIAL_RANDOM_BYTES), 11);
  return bytes.toString('hex');
}

/** Undefined for a serial number of any other form. */
export function parseDeviceSerial(hex: string): CertifiedAccount | undefined {
  const bytes = /^01[0-9a-f]{36}$/i.test(hex) ? Buffer.from(hex, 'hex') : undefined;
  return bytes && { createdAt: bytes.readUIntBE(1, 6), version: bytes.readUInt32BE(7) };
}
