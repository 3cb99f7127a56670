/** What has to be undone when a measurement is over or interrupted: processes to end, directories to remove. */
export class Cleanup {
  readonly #steps: (() => Promise<void> | void)[] = [];
  #begun = false;
  #done = Promise.resolve();

  /**
   * Notes a step; the last one noted is the first one done. A step must do no harm when its work is done already.
   * @throws Error when cleaning up has begun: the step is then done as well, and nothing more is to be started
   */
  defer(step: () => Promise<void> | void): void {
    this.#steps.push(step);
    if (!this.#begun) return;
    this.#done = this.#done.then(() => this.#undo());
    throw new Error('interrupted');
  }

  /** Does every step, whatever becomes of the others, and those that are noted in the meantime. */
  async run(): Promise<void> {
    if (!this.#begun) {
      this.#begun = true;
      this.#done = this.#undo();
    }
    do await this.#done;
    while (this.#steps.length > 0);
  }

  async #undo(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        console.error(`cleaning up: ${(error as Error).message}`);
      }
    }
  }
}
