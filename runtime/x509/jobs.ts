/** A certificate and its private key, each as PEM (RFC 7468). */
export interface KeyPair {
  certificate: string;
  key: string;
}

/** From and until when a certificate holds, ms since 1970. */
export interface Validity {
  notBefore: number;
  notAfter: number;
}

/** A certificate authority of a site: signs itself. */
export interface AuthorityJob {
  kind: 'authority';
  site: string;
  validity: Validity;
}

/** A certificate with which a server shows who it is, with a new key. */
export interface ServerJob {
  kind: 'server';
  authority: KeyPair;
  /** The one people know the server by; at most 64 characters. */
  commonName: string;
  dns: readonly string[];
  ips: readonly string[];
  /** Where the list of revoked certificates is to be found (RFC 5280 §4.2.1.13). */
  revocationUrl: string;
  validity: Validity;
}

/** A certificate with which a device shows who it is, for the key in its request. */
export interface DeviceJob {
  kind: 'device';
  authority: KeyPair;
  /** PKCS #10 as PEM (RFC 2986). Only its key counts: what else it asks for is not read. */
  request: string;
  site: string;
  device: string;
  /** Hexadecimal, an even number of digits. */
  serial: string;
  validity: Validity;
}

/** The authority's list of the certificates that it has taken back (RFC 5280 §5). */
export interface RevocationsJob {
  kind: 'revocations';
  authority: KeyPair;
  /** Of this list; each further one has a higher number (§5.2.3). */
  number: number;
  /** From when the list holds, and by when there is another. */
  validity: Validity;
  revoked: readonly RevokedCertificate[];
}

export interface RevokedCertificate {
  /** Hexadecimal. */
  serial: string;
  /** ms since 1970 */
  revokedAt: number;
}

/** A new key and a request for a certificate. */
export interface RequestJob {
  kind: 'request';
}

export interface X509Results {
  authority: KeyPair;
  server: KeyPair;
  /** The certificate. */
  device: { certificate: string };
  /** DER, base64. */
  revocations: { list: string };
  request: { request: string; key: string };
}

export type X509Job = AuthorityJob | ServerJob | DeviceJob | RevocationsJob | RequestJob;

/** What the process answers. `refused` tells what is wrong with a request that somebody else made. */
export type X509Answer =
  | { ok: true; value: X509Results[keyof X509Results] }
  | { ok: false; refused: boolean; message: string };
