import type { AuthenticateError } from 'aedes';
import { CampusError, type ErrorCode } from '../../contract/errors.ts';
import type { CertificateProblem, PresentedCertificate } from '../access/device-certificates.ts';
import type { VerifiedPrincipal } from '../access/principal.ts';
import { brokerLimits } from './limits.ts';

/** MQTT 3.1.1 §3.2.2.3, return codes of CONNACK. */
export const connackCodes = {
  identifierRejected: 2,
  serverUnavailable: 3,
  badUserNameOrPassword: 4,
  notAuthorized: 5,
} as const;

/** What a client says of itself: in its TLS handshake, and in CONNECT before Aedes interprets it. */
export interface ConnectAttempt {
  certificate: PresentedCertificate | undefined;
  username: string | undefined;
  password: Uint8Array | undefined;
  clientId: string;
  /** An empty client identifier without a clean session. */
  emptyIdKept: boolean;
}

export interface ConnectChecks {
  /** Who a user name and password belong to; undefined when they are wrong. */
  authenticate: (username: string, password: Uint8Array) => Promise<VerifiedPrincipal | undefined>;
  /** Who a certificate belongs to, or why it lets nobody in. */
  certified: (certificate: PresentedCertificate) => VerifiedPrincipal | CertificateProblem;
  /** Told of what a callback threw: the broker goes on. */
  failed: (error: unknown) => void;
}

/** A client that is not let in. `returnCode` is what CONNACK tells it. */
export class ConnectRefused extends CampusError implements AuthenticateError {
  readonly returnCode: AuthenticateError['returnCode'];
  /** The name it gave or showed, whether or not it proved it; empty when there was none. */
  readonly username: string;

  constructor(returnCode: number, code: ErrorCode, detail: string, username = '') {
    super(code, detail);
    this.returnCode = returnCode;
    this.username = username;
  }
}

/** Whether a refusal may be somebody's guess at a password, which is counted against his address. */
export function isGuess({ code }: ConnectRefused): boolean {
  return code === 'credentials_missing' || code === 'credentials_wrong';
}

/**
 * Who a client is. A certificate that it has shown decides, else its user name and password.
 * @throws ConnectRefused; CampusError `rate_limited` for who could not be checked and may come again
 */
export async function checkConnect(attempt: ConnectAttempt, checks: ConnectChecks): Promise<VerifiedPrincipal> {
  const { certificate, username, password } = attempt;
  checkIdentifier(attempt);
  if (certificate !== undefined) {
    const certified = checks.certified(certificate);
    if (!('code' in certified)) return certified;
    const name = `${certificate.site}/${certificate.device}`;
    throw new ConnectRefused(connackCodes.notAuthorized, certified.code, certified.detail, name);
  }
  if (username === undefined || username === '' || password === undefined) {
    const detail = 'every client needs a user name and a password, or a certificate';
    throw new ConnectRefused(connackCodes.badUserNameOrPassword, 'credentials_missing', detail, username);
  }
  const principal = await verify(username, password, checks);
  if (principal !== undefined) return principal;
  const detail = `the password of ${username.slice(0, 128)} is wrong, or there is no such user`;
  throw new ConnectRefused(connackCodes.badUserNameOrPassword, 'credentials_wrong', detail, username);
}

function checkIdentifier({ emptyIdKept, clientId, username }: ConnectAttempt): void {
  if (emptyIdKept) {
    const detail = 'an empty client identifier needs a clean session (MQTT-3.1.3-8)';
    throw new ConnectRefused(connackCodes.identifierRejected, 'client_id_invalid', detail, username);
  }
  if (clientId.length > brokerLimits.clientIdChars) {
    const detail = `expected at most ${brokerLimits.clientIdChars} characters`;
    throw new ConnectRefused(connackCodes.identifierRejected, 'client_id_invalid', detail, username);
  }
}

/** Whoever could not be checked, for too many wait or the registry fails, may come again: it is not refused. */
async function verify(
  username: string,
  password: Uint8Array,
  { authenticate, failed }: ConnectChecks,
): Promise<VerifiedPrincipal | undefined> {
  try {
    return await authenticate(username, password);
  } catch (error) {
    if (!(error instanceof CampusError)) failed(error);
    throw Object.assign(new CampusError('rate_limited', (error as Error).message), {
      returnCode: connackCodes.serverUnavailable,
    });
  }
}
