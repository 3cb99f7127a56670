const DAY_MS = 24 * 3600 * 1000;

/** How long certificates hold, each with its reason. */
export const lifetimes = {
  /**
   * The site's authority: fixed dates, so that a gateway whose clock is not set yet makes one that holds all the same. It ends with what
   * two digits of a year can say (RFC 5280 §4.1.2.5.1).
   */
  authority: { notBefore: Date.UTC(2020, 0, 1), notAfter: Date.UTC(2049, 11, 31) },
  /** A box that is switched off for a summer holds a certificate that is good for the rest of the year. */
  holdsMs: 180 * DAY_MS,
  /** A machine without a battery for its clock comes back with the time of its last day: half a year may have passed since. */
  backdatedMs: 180 * DAY_MS,
  /** With less time left than this a certificate is renewed: a holiday never comes between. */
  renewMs: 90 * DAY_MS,
  /** The list of revoked certificates: whoever has fetched it can use it over a holiday in which the gateway is off. */
  revocationsMs: 30 * DAY_MS,
  /** A list is made anew after a day, so that whoever fetches it gets one that holds for weeks. */
  revocationsAnewMs: DAY_MS,
  /** The clock of whoever reads the list may be behind. */
  revocationsBackdatedMs: 3600 * 1000,
} as const;

/** From and until when a certificate holds that is made now. */
export function validityFrom(now: number): { notBefore: number; notAfter: number } {
  return {
    notBefore: Math.max(now - lifetimes.backdatedMs, lifetimes.authority.notBefore),
    notAfter: Math.min(now + lifetimes.holdsMs, lifetimes.authority.notAfter),
  };
}
