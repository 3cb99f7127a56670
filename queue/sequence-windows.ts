/**
 * Which messages of each producer have been seen: the exactly-once half of an at-least-once transport.
 * A producer numbers its messages within an epoch (one run of it), as Kafka's idempotent producers do (KIP-98). Numbers
 * usually arrive in order, but a backlog may follow fresher messages, so a window is a list of ranges rather than a high mark.
 */

/** Inclusive ranges of sequence numbers, ascending and apart. */
type Ranges = [low: number, high: number][];

/** The windows of one producer as they are written down: its epochs, oldest first. */
export type WindowText = [epoch: string, ranges: Ranges][];

/**
 * Epochs remembered for one producer. Each start of an agent is one, and it sends fresh messages before it goes on with the backlog of
 * earlier runs: one that is killed again and again needs the run before all of those, until the backlog is sent.
 */
const EPOCHS_PER_KEY = 16;
/** Ranges remembered for one epoch. An honest sender needs two or three; past the bound the lowest of the others is forgotten, never a new message lost. */
const RANGES_PER_EPOCH = 256;

export class SequenceWindows {
  readonly #keys = new Map<string, Map<string, Ranges>>();

  /**
   * Notes a message.
   * @returns false when it has been seen before
   */
  add(key: string, epoch: string, sequence: number): boolean {
    const epochs = this.#epochs(key);
    let ranges = epochs.get(epoch);
    if (ranges === undefined) {
      ranges = [];
      epochs.set(epoch, ranges);
      if (epochs.size > EPOCHS_PER_KEY) epochs.delete(epochs.keys().next().value ?? '');
    } else if (epochs.size > 1) {
      // The one that was used least recently is forgotten first: a backlog may last over many short runs.
      epochs.delete(epoch);
      epochs.set(epoch, ranges);
    }
    return insert(ranges, sequence);
  }

  /** The epochs of a key as text for the disk, oldest first. */
  encode(key: string): string {
    return JSON.stringify([...this.#epochs(key)]);
  }

  /** Takes back what `encode` gave; replaces what is known of the key. Absent text forgets the key. */
  restore(key: string, text: string | undefined): void {
    if (text === undefined) this.#keys.delete(key);
    else this.#keys.set(key, new Map(JSON.parse(text) as WindowText));
  }

  #epochs(key: string): Map<string, Ranges> {
    let epochs = this.#keys.get(key);
    if (epochs === undefined) {
      epochs = new Map();
      this.#keys.set(key, epochs);
    }
    return epochs;
  }
}

/** Adds one number, joining ranges that touch; false when it is in one already. Searches from the end, where new numbers belong. */
function insert(ranges: Ranges, sequence: number): boolean {
  let index = ranges.length - 1;
  while (index >= 0 && ranges[index]![0] > sequence) index--;
  const below = ranges[index];
  if (below !== undefined && sequence <= below[1]) return false;
  const above = ranges[index + 1];
  const touchesBelow = below !== undefined && below[1] + 1 === sequence;
  const touchesAbove = above !== undefined && above[0] - 1 === sequence;
  if (touchesBelow && touchesAbove) {
    below[1] = above[1];
    ranges.splice(index + 1, 1);
  } else if (touchesBelow) below[1] = sequence;
  else if (touchesAbove) above[0] = sequence;
  else {
    ranges.splice(index + 1, 0, [sequence, sequence]);
    // The new one stays, be it the lowest: a backlog goes on from it.
    if (ranges.length > RANGES_PER_EPOCH) ranges.splice(index === -1 ? 1 : 0, 1);
  }
  return true;
}
