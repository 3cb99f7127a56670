import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  CRLDistributionPointsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  type JsonGeneralNames,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  Pkcs10CertificateRequest,
  Pkcs10CertificateRequestGenerator,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
  X509CrlGenerator,
  X509CrlReason,
} from '@peculiar/x509';
import type {
  AuthorityJob,
  DeviceJob,
  KeyPair,
  RevocationsJob,
  ServerJob,
  X509Answer,
  X509Job,
  X509Results,
} from './jobs.ts';

/** The process of one job, which comes and is answered on its channel. */

/** P-256 everywhere (FIPS 186-5): every TLS library of a small device has it. */
const ec = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const signing = { name: 'ECDSA', hash: 'SHA-256' } as const;
const { subtle } = webcrypto;

/** What is wrong with a request that somebody else made. */
class Refused extends Error {}

process.once('message', (job: X509Job) => {
  run(job).then(
    (value) => answer({ ok: true, value }),
    (error: Error) => answer({ ok: false, refused: error instanceof Refused, message: error.message }),
  );
});

function answer(text: X509Answer): void {
  process.send?.(text, () => process.disconnect());
}

function run(job: X509Job): Promise<X509Results[keyof X509Results]> {
  switch (job.kind) {
    case 'authority':
      return createAuthority(job);
    case 'server':
      return createServerCertificate(job);
    case 'device':
      return createDeviceCertificate(job);
    case 'revocations':
      return createRevocations(job);
    case 'request':
      return createRequest();
  }
}

async function createAuthority({ site, validity }: AuthorityJob): Promise<KeyPair> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ O: [site] }, { CN: ['campus-edge CA'] }],
    keys,
    signingAlgorithm: signing,
    ...dates(validity),
    extensions: [
      // It signs certificates of servers and devices, and no further authority.
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pem(certificate), key: await keyText(keys.privateKey) };
}

async function createServerCertificate(job: ServerJob): Promise<KeyPair> {
  const keys = await newKeys();
  const names: JsonGeneralNames = [
    ...job.dns.map((value) => ({ type: 'dns' as const, value })),
    ...job.ips.map((value) => ({ type: 'ip' as const, value })),
  ];
  const certificate = await signedBy(job.authority, {
    subject: [{ CN: [job.commonName] }],
    publicKey: keys.publicKey,
    usage: ExtendedKeyUsage.serverAuth,
    validity: job.validity,
    extensions: [new SubjectAlternativeNameExtension(names), new CRLDistributionPointsExtension([job.revocationUrl])],
  });
  return { certificate, key: await keyText(keys.privateKey) };
}

/** Object identifier of a list's number (RFC 5280 §5.2.3). */
const CRL_NUMBER = '2.5.29.20';

async function createRevocations({
  authority,
  number,
  validity,
  revoked,
}: RevocationsJob): Promise<X509Results['revocations']> {
  const issuer = new X509Certificate(authority.certificate);
  const list = await X509CrlGenerator.create({
    issuer: issuer.subject,
    thisUpdate: new Date(validity.notBefore),
    nextUpdate: new Date(validity.notAfter),
    signingAlgorithm: signing,
    signingKey: await signingKeyOf(authority),
    entries: revoked.map(({ serial, revokedAt }) => ({
      serialNumber: serial,
      revocationDate: new Date(revokedAt),
      // Without a reason the library writes an empty list of extensions, which RFC 5280 §5.1 does not allow.
      reason: X509CrlReason.privilegeWithdrawn,
    })),
    extensions: [
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      new Extension(CRL_NUMBER, false, derInteger(number)),
    ],
  });
  return { list: Buffer.from(list.rawData).toString('base64') };
}

/** A whole number from 0 to 2^47 as DER has it (X.690 §8.3): seven octets, of which the first ones that are nothing are left out. */
function derInteger(value: number): Uint8Array {
  const octets = Buffer.alloc(7);
  octets.writeUIntBE(value, 1, 6);
  const first = octets.findIndex((octet, at) => octet !== 0 || (octets[at + 1] ?? 0x80) >= 0x80);
  const short = octets.subarray(Math.max(first, 0));
  return Buffer.from([0x02, short.length, ...short]);
}

async function createDeviceCertificate(job: DeviceJob): Promise<{ certificate: string }> {
  return {
    certificate: await signedBy(job.authority, {
      serialNumber: job.serial,
      subject: [{ O: [job.site] }, { CN: [job.device] }],
      publicKey: await requestedKey(job.request),
      usage: ExtendedKeyUsage.clientAuth,
      validity: job.validity,
      extensions: [],
    }),
  };
}

/** The key of a request, whose sender has shown that he holds it. @throws Refused */
async function requestedKey(text: string): Promise<webcrypto.CryptoKey> {
  try {
    const request = new Pkcs10CertificateRequest(text);
    const key = await request.publicKey.export(ec, ['verify']);
    if (await request.verify()) return key;
  } catch (error) {
    throw new Refused(`expected a PKCS #10 request with a P-256 key, got another: ${(error as Error).message}`);
  }
  throw new Refused('expected a request that is signed by the key in it, got a wrong signature');
}

async function createRequest(): Promise<{ request: string; key: string }> {
  const keys = await newKeys();
  // Whom the certificate is for, the gateway says.
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: ['campus-edge'] }],
    keys,
    signingAlgorithm: signing,
  });
  return { request: `${request.toString('pem')}\n`, key: await keyText(keys.privateKey) };
}

interface SignedOptions {
  serialNumber?: string;
  subject: { [type: string]: string[] }[];
  publicKey: webcrypto.CryptoKey;
  usage: ExtendedKeyUsage;
  validity: { notBefore: number; notAfter: number };
  extensions: Extension[];
}

async function signedBy(authority: KeyPair, options: SignedOptions): Promise<string> {
  const issuer = new X509Certificate(authority.certificate);
  const certificate = await X509CertificateGenerator.create({
    ...(options.serialNumber === undefined ? {} : { serialNumber: options.serialNumber }),
    subject: options.subject,
    issuer: issuer.subjectName,
    publicKey: options.publicKey,
    signingKey: await signingKeyOf(authority),
    signingAlgorithm: signing,
    ...dates(options.validity),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([options.usage]),
      await SubjectKeyIdentifierExtension.create(options.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...options.extensions,
    ],
  });
  return pem(certificate);
}

function signingKeyOf({ key }: KeyPair): Promise<webcrypto.CryptoKey> {
  const [der = new ArrayBuffer()] = PemConverter.decode(key);
  return subtle.importKey('pkcs8', der, ec, false, ['sign']);
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return subtle.generateKey(ec, true, ['sign', 'verify']);
}

async function keyText(key: webcrypto.CryptoKey): Promise<string> {
  return `${PemConverter.encode(await subtle.exportKey('pkcs8', key), PemConverter.PrivateKeyTag)}\n`;
}

function pem(certificate: X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

function dates({ notBefore, notAfter }: { notBefore: number; notAfter: number }): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(notBefore), notAfter: new Date(notAfter) };
}
