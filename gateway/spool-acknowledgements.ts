/** The spool as far as it is shortened here. */
export interface Shortened {
  acknowledge: (position: number, consumer: string) => Promise<void>;
}

/**
 * Tells the spool what its stores have taken, so that it can delete that. While held, it tells nothing: a backup copies the store first and the
 * spool after it, and what the store takes in between must be in the spool's copy.
 */
export class SpoolAcknowledgements {
  readonly #spool: Shortened;
  readonly #failed: (error: Error) => void;
  /** What is to be told, by consumer. */
  readonly #untold = new Map<string, number>();
  #holds = 0;

  constructor(spool: Shortened, failed: (error: Error) => void) {
    this.#spool = spool;
    this.#failed = failed;
  }

  /** A consumer has done with every message up to this position. */
  acknowledge(position: number, consumer: string): void {
    this.#untold.set(consumer, position);
    this.#tell();
  }

  /** Returns how to let go. */
  hold(): () => void {
    this.#holds++;
    let held = true;
    return () => {
      if (held) this.#holds--;
      held = false;
      this.#tell();
    };
  }

  #tell(): void {
    if (this.#holds > 0) return;
    for (const [consumer, position] of this.#untold) this.#spool.acknowledge(position, consumer).catch(this.#failed);
    this.#untold.clear();
  }
}
