import { createHash, X509Certificate } from 'node:crypto';
import { CampusError } from '../../contract/errors.ts';
import { AuthorityView, JoinAnswer } from '../../contract/join.ts';
import { type JoinTokenParts, parseJoinToken } from '../../contract/join-token.ts';
import { type Enrolment, writeEnrolment } from '../../runtime/enrolment-file.ts';
import type { Home } from '../../runtime/home.ts';
import { forgetUnverified, noteUnverified, readUnverified } from '../../runtime/unverified-gateway-file.ts';
import { runX509Job } from '../../runtime/x509/run-job.ts';
import { askGateway } from './gateway-request.ts';

export interface EnrollOptions {
  home: Home;
  /** https://host[:port]; port 8443 unless told. */
  gateway: string;
  token: string;
  /** What this machine is to be called; the token's name unless told. */
  device?: string | undefined;
  /** What it is called where neither says. */
  hostName: string;
}

/**
 * Joins this machine to a site, as `join` does. What met somebody else than the gateway is remembered until the gateway can be told.
 * @throws CampusError `request_invalid`, `gateway_unreachable`, `gateway_not_verified`, `join_token_*`, `already_exists`
 */
export async function enroll(options: EnrollOptions): Promise<Enrolment> {
  const base = gatewayBase(options.gateway);
  try {
    const enrolment = await join(base, options);
    forgetUnverified(options.home);
    return enrolment;
  } catch (error) {
    if (isUnverified(error)) noteUnverified(options.home, { base, now: Date.now() });
    throw error;
  }
}

/**
 * Makes a key, gets it certified, and keeps both for the agent. Trust comes from the token alone: the secret
 * in it goes out only to a gateway that has shown a certificate of the authority whose hash stands in it too.
 */
async function join(base: string, { home, token, device, hostName }: EnrollOptions): Promise<Enrolment> {
  const parts = parseJoinToken(token);
  if (parts === undefined) {
    throw new CampusError(
      'request_invalid',
      'expected a join token: cej_ and 65 characters, as join-token create prints it',
    );
  }
  const authority = await trustedAuthority(base, parts);
  const { request, key } = await runX509Job<'request'>({ kind: 'request' });
  const names = { ...(device === undefined ? {} : { device }), host_name: hostName };
  const unverified = readUnverified(home);
  const body = { secret: parts.secret, ...names, request, ...(unverified === undefined ? {} : { unverified }) };
  const joined = await askGateway({ base, path: 'join', body, answer: JoinAnswer, authority });
  const enrolment = {
    ...{ site: joined.site, device: joined.device, authority, certificate: joined.certificate, key },
    gateway: `mqtts://${new URL(base).hostname}:${joined.mqtts_port}`,
    https: base,
  };
  writeEnrolment(home, enrolment);
  return enrolment;
}

/** What Node.js says where nothing is wrong but the time (https://nodejs.org/api/tls.html#x509-certificate-error-codes). */
const timeFaults: readonly unknown[] = ['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED'];

/** Whether a failure to join means that what answered is not the gateway, as it does when somebody sits in between. */
function isUnverified(error: unknown): boolean {
  if (!(error instanceof CampusError) || error.code !== 'gateway_not_verified') return false;
  const { cause } = error;
  return !(cause instanceof Error && 'code' in cause && timeFaults.includes(cause.code));
}

/** The authority whose hash stands in the token. @throws CampusError `join_token_other_site`, `gateway_not_verified` */
async function trustedAuthority(base: string, { fingerprint }: JoinTokenParts): Promise<string> {
  const path = `ca?fingerprint=${fingerprint}`;
  const { certificate } = await askGateway({ base, path, answer: AuthorityView, authority: undefined });
  if (sha256Of(certificate) === fingerprint) return certificate;
  throw new CampusError(
    'gateway_not_verified',
    `what answers at ${base} shows another certificate authority than the token names: nothing secret was sent; somebody may be in between`,
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
function gatewayBase(text: string): string {
  const url = URL.parse(text);
  if (url === null || url.protocol !== 'https:' || url.username !== '' || url.port === '0') {
    throw new CampusError('request_invalid', `gateway: expected https://host[:port], got ${JSON.stringify(text)}`);
  }
  if (url.port === '' && !/:443\/?$/.test(text)) url.port = String(HTTPS_PORT);
  return url.origin;
}
