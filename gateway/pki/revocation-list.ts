import type { KeyPair } from '../../runtime/x509/jobs.ts';
import { runX509Job } from '../../runtime/x509/run-job.ts';
import type { IssuedCertificates } from '../registry/issued-certificates.ts';
import { lifetimes } from './lifetimes.ts';

export interface RevocationListOptions {
  authority: KeyPair;
  issued: Pick<IssuedCertificates, 'revoked' | 'revision'>;
  /** Wall clock, ms. */
  now: () => number;
}

interface Made {
  revision: string;
  /** ms */
  at: number;
  list: Promise<Buffer>;
}

/**
 * The certificates of devices that are revoked, signed by the site's authority, for whoever checks certificates without this gateway: another
 * broker of the school, a second gateway. The gateway itself never asks it. It is made when somebody asks, and kept while it is true.
 */
export class RevocationList {
  readonly #options: RevocationListOptions;
  #made: Made | undefined;

  constructor(options: RevocationListOptions) {
    this.#options = options;
  }

  /** The list as DER (RFC 5280 §5). Those who ask while it is made wait for the same one. */
  current(): Promise<Buffer> {
    const now = this.#options.now();
    const revision = this.#options.issued.revision();
    const made = this.#made;
    const age = now - (made?.at ?? 0);
    // A clock that was set back leaves a list that does not hold yet.
    if (made !== undefined && made.revision === revision && age >= 0 && age < lifetimes.revocationsAnewMs) {
      return made.list;
    }
    const list = this.#make(now);
    this.#made = { revision, at: now, list };
    list.catch(() => {
      // Who has asked is told; the next one has it tried again.
      if (this.#made?.list === list) this.#made = undefined;
    });
    return list;
  }

  async #make(now: number): Promise<Buffer> {
    const { authority, issued } = this.#options;
    const { list } = await runX509Job<'revocations'>({
      kind: 'revocations',
      authority: { certificate: authority.certificate, key: authority.key },
      // Moments grow, over restarts, too.
      number: now,
      validity: { notBefore: now - lifetimes.revocationsBackdatedMs, notAfter: now + lifetimes.revocationsMs },
      revoked: issued.revoked(),
    });
    return Buffer.from(list, 'base64');
  }
}
