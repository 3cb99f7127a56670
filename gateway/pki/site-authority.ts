import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CampusError } from '../../contract/errors.ts';
import { type Home, makeDirectory, writePrivateFile } from '../../runtime/home.ts';
import type { KeyPair } from '../../runtime/x509/jobs.ts';
import { runX509Job } from '../../runtime/x509/run-job.ts';
import { certificateFingerprint } from './fingerprint.ts';
import { lifetimes } from './lifetimes.ts';

/** The certificate authority of a site: everything that belongs to the site is signed by it. */
export interface SiteAuthority extends KeyPair {
  /** As join tokens carry it. */
  fingerprint: string;
}

function authorityFiles(home: Home): { certificate: string; key: string } {
  return { certificate: join(home.pkiDir, 'ca.crt'), key: join(home.pkiDir, 'ca.key') };
}

/**
 * The authority of a home, made at its first start: P-256, both files mode 0600.
 * @throws CampusError `certificate_unusable` when a file is damaged, or one of the two is missing
 */
export async function openSiteAuthority(home: Home, site: string): Promise<SiteAuthority> {
  const files = authorityFiles(home);
  makeDirectory(home.pkiDir);
  if (!existsSync(files.certificate)) {
    const made = await runX509Job<'authority'>({ kind: 'authority', site, validity: lifetimes.authority });
    // The certificate comes last: a start that is cut short leaves a key that nobody knows, and the next one begins anew.
    writePrivateFile(files.key, made.key);
    writePrivateFile(files.certificate, made.certificate);
  }
  const pair = { certificate: readPem(files.certificate), key: readPem(files.key) };
  checkAuthority(pair, files);
  return { ...pair, fingerprint: certificateFingerprint(pair.certificate) };
}

/** The certificate of a home's authority; undefined while the gateway has not run. @throws CampusError `certificate_unusable` */
export function readAuthorityCertificate(home: Home): string | undefined {
  const { certificate } = authorityFiles(home);
  return existsSync(certificate) ? readPem(certificate) : undefined;
}

/** Whether an authority (PEM) has signed a certificate, in its time or not. */
export function hasSigned(authority: string, certificate: X509Certificate): boolean {
  const issuer = new X509Certificate(authority);
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function checkAuthority({ certificate, key }: KeyPair, files: { certificate: string; key: string }): void {
  try {
    if (new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))) return;
  } catch (error) {
    throw unusable(files.certificate, (error as Error).message, error);
  }
  throw unusable(files.certificate, `the key in ${files.key} belongs to another certificate`);
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unusable(path, (error as Error).message, error);
  }
}

function unusable(path: string, detail: string, cause?: unknown): CampusError {
  return new CampusError(
    'certificate_unusable',
    `${path}: expected the certificate authority of this site: ${detail}; restore the directory from a backup, or move it away for a new authority, which every device has to join anew`,
    { cause },
  );
}
