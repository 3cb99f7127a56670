import { WorkGate, type WorkGateLimits } from './work-gate.ts';

/** Lets each person or program have a bounded number of expensive jobs running and waiting, so that one cannot take the turns of all. */
export class FairTurns {
  readonly #limits: WorkGateLimits;
  readonly #gates = new Map<string, { gate: WorkGate; jobs: number }>();

  /** @param limits of each one */
  constructor(limits: WorkGateLimits) {
    this.#limits = limits;
  }

  /**
   * Runs `work` when its turn comes.
   * @param who what it is counted by
   * @throws CampusError `rate_limited` at once when too many of the same one wait
   */
  async run<T>(who: string, work: () => Promise<T>): Promise<T> {
    const own = this.#gates.get(who) ?? { gate: new WorkGate(this.#limits), jobs: 0 };
    this.#gates.set(who, own);
    own.jobs += 1;
    try {
      return await own.gate.run(work);
    } finally {
      own.jobs -= 1;
      if (own.jobs === 0) this.#gates.delete(who);
    }
  }
}
