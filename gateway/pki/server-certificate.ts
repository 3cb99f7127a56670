import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GATEWAY_NAME } from '../../contract/gateway-name.ts';
import { type Home, writePrivateFile } from '../../runtime/home.ts';
import type { KeyPair } from '../../runtime/x509/jobs.ts';
import { runX509Job } from '../../runtime/x509/run-job.ts';
import { lifetimes, validityFrom } from './lifetimes.ts';
import { canonicalIp, type ServerNames } from './own-names.ts';
import type { SiteAuthority } from './site-authority.ts';

/** What a server's certificate is to be like. */
export interface WantedCertificate {
  authority: SiteAuthority;
  names: ServerNames;
  /** ms */
  now: number;
}

/**
 * Why a server's certificate has to be made anew; undefined when it is good. A name that is gone is no reason: an address may come back.
 */
export function renewalCause(
  { certificate, key }: KeyPair,
  { authority, names, now }: WantedCertificate,
): string | undefined {
  const parsed = new X509Certificate(certificate);
  if (!parsed.verify(new X509Certificate(authority.certificate).publicKey)) return 'another authority signed it';
  if (!parsed.checkPrivateKey(createPrivateKey(key))) return 'its key is another';
  if (parsed.validFromDate.getTime() > now) return 'it does not hold yet';
  if (parsed.validToDate.getTime() < now + lifetimes.renewMs) return 'it ends soon';
  const has = namesOf(parsed);
  const missing = [
    ...names.dns.filter((name) => !has.dns.includes(name)),
    ...names.ips.filter((ip) => !has.ips.includes(ip)),
  ];
  return missing.length === 0 ? undefined : `it lacks ${missing.join(', ')}`;
}

/** The subject's alternative names, as Node.js lists them: `DNS:localhost, IP Address:127.0.0.1`. */
function namesOf({ subjectAltName = '' }: X509Certificate): ServerNames {
  const all = subjectAltName.split(', ');
  const after = (prefix: string): string[] =>
    all.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  return { dns: after('DNS:'), ips: after('IP Address:').map(canonicalIp) };
}

/** The server's certificate in a home; undefined where there is none that can be read. */
export function readServerCertificate(home: Home): KeyPair | undefined {
  const file = serverFile(home);
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  const begin = text.indexOf('-----BEGIN PRIVATE KEY-----');
  if (begin < 0) return undefined;
  const pair = { certificate: text.slice(0, begin), key: text.slice(begin) };
  try {
    new X509Certificate(pair.certificate);
    createPrivateKey(pair.key);
    return pair;
  } catch {
    // A file that cannot be read is made anew, as a missing one is.
    return undefined;
  }
}

/** Makes a certificate for these names and keeps it in the home. */
export async function makeServerCertificate(
  home: Home,
  { authority, names, now, revocationUrl }: WantedCertificate & { revocationUrl: string },
): Promise<KeyPair> {
  const pair = await runX509Job<'server'>({
    kind: 'server',
    authority: { certificate: authority.certificate, key: authority.key },
    commonName: GATEWAY_NAME,
    ...names,
    revocationUrl,
    validity: validityFrom(now),
  });
  // One file, so that certificate and key are of one making whatever happens meanwhile.
  writePrivateFile(serverFile(home), `${pair.certificate}${pair.key}`);
  return pair;
}

function serverFile(home: Home): string {
  return join(home.pkiDir, 'server.pem');
}
