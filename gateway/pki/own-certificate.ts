import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { CampusError } from '../../contract/errors.ts';
import type { KeyPair } from '../../runtime/x509/jobs.ts';

/** Where an administrator's own certificate lies; relative paths are below the home. */
export interface OwnCertificateFiles {
  certificate: string;
  key: string;
}

/**
 * Reads a certificate that the administrator supplies, first of its chain, and its key.
 * @param now ms
 * @throws CampusError `certificate_unusable`, in one line that names the key of the configuration and what is wrong
 */
export function readOwnCertificate(files: OwnCertificateFiles, homeDir: string, now: number): KeyPair {
  const at = (path: string): string => (isAbsolute(path) ? path : resolve(homeDir, path));
  const certificate = readPem('certificate', at(files.certificate));
  const key = readPem('key', at(files.key));
  const parsed = parsedAs('certificate', at(files.certificate), () => new X509Certificate(certificate));
  const privateKey = parsedAs('key', at(files.key), (): KeyObject => createPrivateKey(key));
  if (!parsed.checkPrivateKey(privateKey)) {
    throw unusable('key', `expected the key of ${at(files.certificate)}, got the key of another certificate`);
  }
  const [from, until] = [parsed.validFromDate.getTime(), parsed.validToDate.getTime()];
  if (until <= now)
    throw unusable('certificate', `${at(files.certificate)} expired on ${dayOf(until)}: renew it, or remove the key`);
  if (from > now) throw unusable('certificate', `${at(files.certificate)} does not hold before ${dayOf(from)}`);
  return { certificate, key };
}

function readPem(key: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unusable(key, `expected a file that can be read: ${(error as Error).message}`, error);
  }
}

function parsedAs<T>(key: string, path: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    const wanted = key === 'key' ? 'an unencrypted private key' : 'a certificate';
    throw unusable(key, `expected ${wanted} as PEM in ${path}: ${(error as Error).message}`, error);
  }
}

function unusable(key: string, detail: string, cause?: unknown): CampusError {
  return new CampusError('certificate_unusable', `gateway.tls.${key}: ${detail}`, { cause });
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
