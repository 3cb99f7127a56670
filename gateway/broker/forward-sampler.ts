export interface SamplerLimits {
  /** Messages a second that pass. */
  perSecond: number;
  /** Above that, one device's messages pass at least this often, ms. */
  perDeviceMs: number;
  /** Devices remembered; past it all are forgotten, and each may pass once more. */
  devices: number;
}

/** The bound above is kept in slices of this length, ms, so that a second does not begin with a flood and end in silence. */
const SLICE_MS = 100;

/** A device of which messages have come. */
interface Known {
  /** When its last message passed, monotonic ms. */
  passedAt: number;
  /** Number of the slice in which the last one came, and how many of that slice have passed. */
  slice: number;
  inSlice: number;
}

/**
 * Lets everything pass in a school's daily life, and in a flood a fair sample: whoever says little is heard in full, for no device gets
 * more than its share while there is not enough for all, and each passes now and then.
 */
export class ForwardSampler {
  readonly #limits: SamplerLimits;
  readonly #perSlice: number;
  readonly #devices = new Map<string, Known>();
  #sliceStart = Number.NEGATIVE_INFINITY;
  #slice = 0;
  /** Of the present slice: messages that came, those that passed, devices of which any came. */
  #came = 0;
  #passed = 0;
  #active = 0;
  /** Messages of one device that may pass in the present slice. */
  #share = Number.POSITIVE_INFINITY;

  constructor(limits: SamplerLimits) {
    this.#limits = limits;
    this.#perSlice = (limits.perSecond * SLICE_MS) / 1000;
  }

  /** Whether a device's message may pass. @param now monotonic, ms */
  passes(device: string, now: number): boolean {
    if (now - this.#sliceStart >= SLICE_MS) this.#nextSlice(now);
    const known = this.#known(device);
    this.#came++;
    const fits = this.#passed < this.#perSlice && known.inSlice < this.#share;
    if (!fits && now - known.passedAt < this.#limits.perDeviceMs) return false;
    this.#passed++;
    known.inSlice++;
    known.passedAt = now;
    return true;
  }

  /** As much as came in the slice before is expected in this one: in shares, if that was too much. */
  #nextSlice(now: number): void {
    const wasFlood = now - this.#sliceStart < 2 * SLICE_MS && this.#came > this.#perSlice;
    this.#share = wasFlood ? Math.max(1, this.#perSlice / this.#active) : Number.POSITIVE_INFINITY;
    this.#sliceStart = now;
    this.#slice++;
    this.#came = 0;
    this.#passed = 0;
    this.#active = 0;
  }

  #known(device: string): Known {
    let known = this.#devices.get(device);
    if (known === undefined) {
      if (this.#devices.size >= this.#limits.devices) this.#devices.clear();
      known = { passedAt: Number.NEGATIVE_INFINITY, slice: -1, inSlice: 0 };
      this.#devices.set(device, known);
    }
    if (known.slice !== this.#slice) {
      known.slice = this.#slice;
      known.inSlice = 0;
      this.#active++;
    }
    return known;
  }
}
