/** A message in memory, until the gateway has acknowledged it or it is safe on disk. */
export interface HeldMessage {
  seq: number;
  /** JSON, as in `OutboxMessage`. */
  content: string;
  bytes: number;
  /** Monotonic ms. */
  since: number;
  sending: boolean;
  /** `gone`: it had to make room there while it was on its way to the gateway. */
  onDisk: 'no' | 'writing' | 'yes' | 'gone';
  /** It was given to the disk: even when that failed, it may be there. */
  tried: boolean;
}

/** The messages in memory, oldest first. */
export class Memory {
  readonly #messages = new Map<number, HeldMessage>();
  #lastSeq = 0;

  /** Takes a content and gives it the next number of this run. */
  add(content: string, since: number): void {
    const seq = ++this.#lastSeq;
    const bytes = Buffer.byteLength(content);
    this.#messages.set(seq, { seq, content, bytes, since, sending: false, onDisk: 'no', tried: false });
  }

  remove({ seq }: HeldMessage): void {
    this.#messages.delete(seq);
  }

  has(seq: number): boolean {
    return this.#messages.has(seq);
  }

  get empty(): boolean {
    return this.#messages.size === 0;
  }

  get(seq: number): HeldMessage | undefined {
    return this.#messages.get(seq);
  }

  /** Those that nobody is writing to the disk, nor are there, oldest first. */
  get unstored(): HeldMessage[] {
    return this.filter(({ onDisk }) => onDisk === 'no');
  }

  /** Those that are not safe on disk. */
  get unsafe(): HeldMessage[] {
    return this.filter(({ onDisk }) => onDisk !== 'yes');
  }

  /** The messages that fulfil a condition, as a list that stays while they are removed. */
  filter(condition: (message: HeldMessage) => boolean): HeldMessage[] {
    return [...this.#messages.values()].filter(condition);
  }
}

export function bytesOf(messages: readonly { bytes: number }[]): number {
  return messages.reduce((sum, { bytes }) => sum + bytes, 0);
}
