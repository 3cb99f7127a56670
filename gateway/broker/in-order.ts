interface Message {
  send: () => void;
  /** Takes a few steps before it goes out, so that a later one would overtake it. */
  takesSteps: boolean;
}

/**
 * Sends messages in the order in which they come. Aedes numbers a packet when it is published and emits it some promises later, a retained
 * one later than others; a subscriber then takes a packet that was overtaken for a repetition, and never gets it.
 */
export class InOrder {
  readonly #waiting: Message[] = [];
  #busy = false;

  put(message: Message): void {
    this.#waiting.push(message);
    if (!this.#busy) this.#next();
  }

  #next(): void {
    this.#busy = false;
    while (!this.#busy) {
      const message = this.#waiting.shift();
      if (message === undefined) return;
      this.#busy = message.takesSteps;
      message.send();
    }
    // Aedes keeps everything in memory: its promises are all done when the event loop turns.
    setImmediate(() => this.#next());
  }
}
