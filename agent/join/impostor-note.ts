import { CampusError } from '../../contract/errors.ts';
import type { Enrolment } from '../../runtime/enrolment-file.ts';
import type { Home } from '../../runtime/home.ts';
import { forgetUnverified, noteUnverified } from '../../runtime/unverified-gateway-file.ts';

/**
 * Joins, whichever way. What met somebody else than the gateway is remembered, over any number of attempts, until the gateway has let this machine in
 * and so has been told.
 * @param base https://host:port of the gateway
 * @param join tells the gateway what `readUnverified` gives
 * @throws what `join` throws
 */
export async function notingImpostors(home: Home, base: string, join: () => Promise<Enrolment>): Promise<Enrolment> {
  try {
    const enrolment = await join();
    forgetUnverified(home);
    return enrolment;
  } catch (error) {
    if (isImpostor(error)) noteUnverified(home, { base, now: Date.now() });
    throw error;
  }
}

/** What Node.js says where nothing is wrong but the time (https://nodejs.org/api/tls.html#x509-certificate-error-codes). */
const timeFaults: readonly unknown[] = ['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED'];

/** Whether a failure to join means that what answered is not the gateway, as it does when somebody sits in between. */
function isImpostor(error: unknown): boolean {
  if (!(error instanceof CampusError) || error.code !== 'gateway_not_verified') return false;
  const { cause } = error;
  return !(cause instanceof Error && 'code' in cause && timeFaults.includes(cause.code));
}
