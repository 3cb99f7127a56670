import { CampusError } from '../../contract/errors.ts';
import { JoinAnswer } from '../../contract/join.ts';
import { parseJoinToken } from '../../contract/join-token.ts';
import { type Enrolment, writeEnrolment } from '../../runtime/enrolment-file.ts';
import type { Home } from '../../runtime/home.ts';
import { readUnverified } from '../../runtime/unverified-gateway-file.ts';
import { runX509Job } from '../../runtime/x509/run-job.ts';
import { askGateway } from './gateway-request.ts';
import { notingImpostors } from './impostor-note.ts';
import { enrolmentOf } from './joined.ts';
import { gatewayBase, trustedAuthority } from './trusted-gateway.ts';

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
 * Joins this machine to a site by a token.
 * @throws CampusError `request_invalid`, `gateway_unreachable`, `gateway_not_verified`, `join_token_*`, `already_exists`
 */
export async function enroll(options: EnrollOptions): Promise<Enrolment> {
  const base = gatewayBase(options.gateway);
  return notingImpostors(options.home, base, () => join(base, options));
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
  const authority = await trustedAuthority(base, {
    path: `ca?fingerprint=${parts.fingerprint}`,
    fingerprint: parts.fingerprint,
  });
  const { request, key } = await runX509Job<'request'>({ kind: 'request' });
  const names = { ...(device === undefined ? {} : { device }), host_name: hostName };
  const unverified = readUnverified(home);
  const body = { secret: parts.secret, ...names, request, ...(unverified === undefined ? {} : { unverified }) };
  const joined = await askGateway({ base, path: 'join', body, answer: JoinAnswer, authority });
  const enrolment = enrolmentOf({ base, joined, authority, key });
  writeEnrolment(home, enrolment);
  return enrolment;
}
