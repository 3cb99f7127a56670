import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { type Static, Type } from '#typebox';
import { CampusError } from '../contract/errors.ts';
import type { Home } from '../runtime/home.ts';
import { isHostName } from './pki/own-names.ts';
import { readAuthorityCertificate } from './pki/site-authority.ts';

/**
 * How the gateway is reached over the network. It listens everywhere by default: a second box, a projector and a colleague's browser are to
 * get in within the first ten minutes, and whoever does has to show a certificate, a password or a token.
 */
export const tlsConfig = Type.Object(
  {
    host: Type.String({
      pattern: '^(all|none|[0-9a-fA-F:.]+)$',
      default: 'all',
      description: 'all (every address, both families), none (this machine alone), or one address',
    }),
    names: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
      default: [],
      maxItems: 16,
      uniqueItems: true,
      description: 'at most 16 further names or addresses that the certificate is to hold, such as "iot.school.edu.cn"',
    }),
    certificate: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'a file with your own certificate and its chain as PEM, in place of the one of the site',
      }),
    ),
    key: Type.Optional(
      Type.String({ minLength: 1, description: 'a file with the private key of that certificate as PEM' }),
    ),
  },
  { additionalProperties: false, default: {} },
);
export type TlsConfig = Static<typeof tlsConfig>;

/** What a schema cannot say of these keys. @throws CampusError `config_invalid` */
export function checkTls(path: string, { host, names, certificate, key }: TlsConfig): void {
  if (host !== 'all' && host !== 'none' && isIP(host) === 0) {
    throw new CampusError(
      'config_invalid',
      `${path}: gateway.tls.host: expected all, none, or an address, got "${host}"`,
    );
  }
  const wrong = names.find((name) => isIP(name) === 0 && !isHostName(name));
  if (wrong !== undefined) {
    throw new CampusError(
      'config_invalid',
      `${path}: gateway.tls.names: expected host names and addresses, got ${JSON.stringify(wrong)}`,
    );
  }
  if ((certificate === undefined) !== (key === undefined)) {
    const [given, missing] = certificate === undefined ? ['key', 'certificate'] : ['certificate', 'key'];
    throw new CampusError(
      'config_invalid',
      `${path}: gateway.tls.${given}: expected gateway.tls.${missing} beside it, got ${given} alone`,
    );
  }
}

/** The files of an own certificate; undefined where the site's is used. */
export function ownCertificateFiles({ certificate, key }: TlsConfig): { certificate: string; key: string } | undefined {
  return certificate === undefined || key === undefined ? undefined : { certificate, key };
}

/** What other machines call this gateway; undefined when they cannot reach it. */
export function networkHost({ host, names }: TlsConfig): string | undefined {
  if (host === 'none') return undefined;
  return names[0] ?? (host === 'all' ? `${hostname().split('.')[0]}.local` : host);
}

/**
 * The authority that simple devices have to trust, PEM: the site's, or the one at the end of the administrator's own chain.
 * @returns undefined while the gateway has not run, or where an own chain ends before its authority
 */
export function trustAnchor(home: Home, config: TlsConfig): string | undefined {
  const own = ownCertificateFiles(config);
  if (own === undefined) return readAuthorityCertificate(home);
  const chain = readFileSync(resolve(home.dir, own.certificate), 'utf8');
  const last = /(-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----)\s*$/.exec(chain)?.[1];
  return last !== undefined && new X509Certificate(last).ca ? `${last}\n` : undefined;
}

/** How other machines find the broker, and what they have to trust; undefined where they cannot. */
export function networkAccess(
  home: Home,
  config: TlsConfig,
  port: number,
): { host: string; port: number; ca: string } | undefined {
  const host = networkHost(config);
  const ca = trustAnchor(home, config);
  return host === undefined || ca === undefined ? undefined : { host, port, ca };
}
