/** A message in memory, until the gateway has acknowledged it or it is safe on disk. */
export interface HeldMessage {
  seq: number;
  /** A list of metrics as JSON. */
  metrics: string;
  /** Monotonic ms. */
  since: number;
  sending: boolean;
  onDisk: 'no' | 'writing' | 'yes';
}

/** The messages in memory, oldest first. */
export class Memory {
  readonly #messages = new Map<number, HeldMessage>();
  #lastSeq = 0;
  /** Bytes of the messages held. */
  bytes = 0;

  /** Takes a list of metrics and gives it the next number of this run. */
  add(metrics: string, since: number): void {
    const seq = ++this.#lastSeq;
    this.#messages.set(seq, { seq, metrics, since, sending: false, onDisk: 'no' });
    this.bytes += metrics.length;
  }

  remove({ seq, metrics }: HeldMessage): void {
    if (this.#messages.delete(seq)) this.bytes -= metrics.length;
  }

  has(seq: number): boolean {
    return this.#messages.has(seq);
  }

  get empty(): boolean {
    return this.#messages.size === 0;
  }

  /** The messages that fulfil a condition, as a list that stays while they are removed. */
  filter(condition: (message: HeldMessage) => boolean): HeldMessage[] {
    return [...this.#messages.values()].filter(condition);
  }
}
