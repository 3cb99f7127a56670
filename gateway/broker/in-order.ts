interface Message {
  send: () => void;
  /** Takes a few steps before it goes out, so that a later one would overtake it. */
  takesSteps: boolean;
  /** A message that still waits under the same name has nothing to tell any more: this one takes its place. */
  replaces?: string | undefined;
}

/**
 * Sends messages in the order in which they come. Aedes numbers a packet when it is published and emits it some promises later, a retained
 * one later than others; a subscriber then takes a packet that was overtaken for a repetition, and never gets it.
 */
export class InOrder {
  readonly #waiting: Message[] = [];
  readonly #replaceable = new Map<string, Message>();
  #busy = false;

  /** Messages that wait. */
  get size(): number {
    return this.#waiting.length;
  }

  put(message: Message): void {
    const { replaces } = message;
    const earlier = replaces === undefined ? undefined : this.#replaceable.get(replaces);
    if (earlier !== undefined) {
      earlier.send = message.send;
      return;
    }
    if (replaces !== undefined) this.#replaceable.set(replaces, message);
    this.#waiting.push(message);
    if (!this.#busy) this.#next();
  }

  #next(): void {
    this.#busy = false;
    while (!this.#busy) {
      const message = this.#waiting.shift();
      if (message === undefined) return;
      if (message.replaces !== undefined) this.#replaceable.delete(message.replaces);
      this.#busy = message.takesSteps;
      message.send();
    }
    // Aedes keeps everything in memory: its promises are all done when the event loop turns.
    setImmediate(() => this.#next());
  }
}
