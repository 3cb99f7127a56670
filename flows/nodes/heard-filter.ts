/** A device that has just been heard is no news for this long, ms: durations of rules are in seconds. */
const NEWS_MS = 1000;
/** Devices remembered, more than a site has; past it all are forgotten, and each is news once more. */
const DEVICES_MAX = 20_000;

/** Thins out what devices say to one message a second and device, for those who only want to know that it is there. */
export class HeardFilter {
  readonly #steady: () => number;
  readonly #fresh = new Map<string, number>();
  readonly #replayed = new Map<string, number>();

  /** @param steady a clock that nobody sets, ms */
  constructor(steady: () => number) {
    this.#steady = steady;
  }

  /** What was kept through an outage counts apart: it says less of the device than a fresh sample does. */
  isNews({ device, payload }: { device: string; payload: { replayed?: boolean } }): boolean {
    const heard = payload.replayed === true ? this.#replayed : this.#fresh;
    const now = this.#steady();
    const last = heard.get(device);
    if (last !== undefined && now - last < NEWS_MS) return false;
    if (last === undefined && heard.size >= DEVICES_MAX) heard.clear();
    heard.set(device, now);
    return true;
  }
}
