import { createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { RenewalAnswer } from '../../contract/join.ts';
import type { Enrolment } from '../../runtime/enrolment-file.ts';
import type { Logger } from '../../runtime/log.ts';
import { runX509Job } from '../../runtime/x509/run-job.ts';
import { askGateway } from './gateway-request.ts';

/** How often the certificate is looked at, ms; each machine a little differently, for a school's boxes were set up on one day. */
const LOOK_MS = 3600_000;
/** The first look comes when the agent has settled. */
const FIRST_LOOK_MS = 60_000;

export interface RenewalOptions {
  enrolment: Enrolment;
  /** Keeps the new certificate and key. */
  renewed: (enrolment: Enrolment) => void;
  /** Wall clock, ms. */
  now: () => number;
  random: () => number;
  log: Logger;
}

/** True once half of the time is over for which a certificate was made; the half that the gateway dates back does not count. */
export function isRenewalDue(certificate: string, now: number): boolean {
  const { validFromDate, validToDate } = new X509Certificate(certificate);
  const [from, until] = [validFromDate.getTime(), validToDate.getTime()];
  return now > until - (until - from) / 4;
}

/** Gets a new certificate for a new key, by showing the present one. @throws CampusError of `askGateway` */
export async function renewEnrolment(enrolment: Enrolment): Promise<Enrolment> {
  const { https: base, authority, certificate } = enrolment;
  const { request, key } = await runX509Job<'request'>({ kind: 'request' });
  const signature = sign('sha256', Buffer.from(request), createPrivateKey(enrolment.key)).toString('base64');
  const body = { certificate, request, signature };
  const answer = await askGateway({ base, path: 'join/renew', body, answer: RenewalAnswer, authority });
  return { ...enrolment, certificate: answer.certificate, key };
}

/**
 * Renews the agent's certificate while it runs. What fails is tried again at the next look: there are three months for it.
 * @returns how to stop it
 */
export function startRenewal({ enrolment, renewed, now, random, log }: RenewalOptions): () => void {
  let present = enrolment;
  let stopped = false;
  let timer = setTimeout(look, FIRST_LOOK_MS * (0.5 + random()));
  async function look(): Promise<void> {
    try {
      if (isRenewalDue(present.certificate, now())) {
        present = await renewEnrolment(present);
        renewed(present);
        log.info(
          { until: new X509Certificate(present.certificate).validTo },
          'the certificate of this device was renewed',
        );
      }
    } catch (error) {
      log.warn({ err: error }, 'the certificate of this device could not be renewed; trying again later');
    }
    if (!stopped) timer = setTimeout(look, LOOK_MS * (0.75 + random() / 2));
  }
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
