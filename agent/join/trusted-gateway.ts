import { createHash, X509Certificate } from 'node:crypto';
import { CampusError } from '../../contract/errors.ts';
import { AuthorityView } from '../../contract/join.ts';
import { askGateway } from './gateway-request.ts';

/**
 * The certificate authority with this fingerprint, as the gateway shows it, PEM. Nothing secret is sent before.
 * @param base https://host:port
 * @param path below /api/v1
 * @param fingerprint SHA-256 of the authority's certificate, base64url
 * @throws CampusError `gateway_not_verified`, `gateway_unreachable`, or what the gateway answers with
 */
export async function trustedAuthority(
  base: string,
  { path, fingerprint }: { path: string; fingerprint: string },
): Promise<string> {
  const { certificate } = await askGateway({ base, path, answer: AuthorityView, authority: undefined });
  if (sha256Of(certificate) === fingerprint) return certificate;
  throw new CampusError(
    'gateway_not_verified',
    `what answers at ${base} shows another certificate authority than the one that is meant: nothing secret was sent; somebody may be in between`,
  );
}

/** Of a certificate as PEM, base64url; undefined for another text. */
function sha256Of(pem: string): string | undefined {
  try {
    return createHash('sha256').update(new X509Certificate(pem).raw).digest('base64url');
  } catch {
    // Whoever sends a certificate that is none is not believed either.
    return undefined;
  }
}

/** Where a gateway serves HTTPS unless it is told otherwise; a URL without a port means this one. */
const HTTPS_PORT = 8443;

/** https://host:port of a URL. @throws CampusError `request_invalid` */
export function gatewayBase(text: string): string {
  const url = URL.parse(text);
  if (url === null || url.protocol !== 'https:' || url.username !== '' || url.port === '0') {
    throw new CampusError('request_invalid', `gateway: expected https://host[:port], got ${JSON.stringify(text)}`);
  }
  if (url.port === '' && !/:443\/?$/.test(text)) url.port = String(HTTPS_PORT);
  return url.origin;
}
