export interface SamplerLimits {
  /** Messages a second that pass without a look at who sent them. */
  perSecond: number;
  /** Above that, one device's messages pass at most this often, ms. */
  perDeviceMs: number;
  /** Devices remembered; past it all are forgotten, and each may pass once more. */
  devices: number;
}

/** The bound above is kept in slices of this length, ms, so that a second does not begin with a flood and end in silence. */
const SLICE_MS = 100;

/**
 * Lets everything pass in a school's daily life, and in a flood a fair sample: every device in turn, rather than whoever comes first.
 */
export class ForwardSampler {
  readonly #limits: SamplerLimits;
  readonly #lastPassed = new Map<string, number>();
  #sliceStart = Number.NEGATIVE_INFINITY;
  #inSlice = 0;

  constructor(limits: SamplerLimits) {
    this.#limits = limits;
  }

  /** Whether a device's message may pass. @param now monotonic, ms */
  passes(device: string, now: number): boolean {
    if (now - this.#sliceStart >= SLICE_MS) {
      this.#sliceStart = now;
      this.#inSlice = 0;
    }
    const crowded = this.#inSlice >= (this.#limits.perSecond * SLICE_MS) / 1000;
    const last = this.#lastPassed.get(device);
    if (crowded && last !== undefined && now - last < this.#limits.perDeviceMs) return false;
    this.#inSlice++;
    if (last === undefined && this.#lastPassed.size >= this.#limits.devices) this.#lastPassed.clear();
    this.#lastPassed.set(device, now);
    return true;
  }
}
