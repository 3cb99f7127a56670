/** What has to be undone when a measurement is over or interrupted: processes to end, directories to remove. */
export class Cleanup {
  readonly #steps: (() => Promise<void> | void)[] = [];
  #running: Promise<void> | undefined;

  /** Notes a step; the last one noted is the first one done. A step must do no harm when its work is done already. */
  defer(step: () => Promise<void> | void): void {
    this.#steps.push(step);
  }

  /** Does every step, whatever becomes of the others. */
  run(): Promise<void> {
    this.#running ??= this.#undo();
    return this.#running;
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
