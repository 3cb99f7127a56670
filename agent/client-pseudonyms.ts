import { clientPseudonym } from '../runtime/client-pseudonym.ts';

/**
 * What collectors call people's devices by. The site's key comes from the gateway and stays in memory: an agent that has none, or one whose
 * time is over, does not report clients at all.
 */
export class ClientPseudonyms {
  readonly #monotonicMs: () => number;
  #key: { bytes: Buffer; until: number } | undefined;

  /** @param monotonicMs a clock that nobody sets */
  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  /** The gateway has told the key. @param key base64url @param validMs how long it is used */
  told(key: string, validMs: number): void {
    this.#key = { bytes: Buffer.from(key, 'base64url'), until: this.#monotonicMs() + validMs };
  }

  /** The pseudonym of a MAC address; undefined while there is no key. @throws CampusError `parse_failed` */
  of(mac: string): string | undefined {
    if (this.#key === undefined || this.#monotonicMs() >= this.#key.until) return undefined;
    return clientPseudonym(this.#key.bytes, mac);
  }
}
