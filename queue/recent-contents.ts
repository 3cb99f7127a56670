import { hash } from 'node:crypto';

/** Messages of one producer whose contents are remembered: more than a device that does not number its messages has on their way at once. */
const PER_KEY = 32;

/**
 * The last messages of each producer that does not number them, by their contents: the same bytes again are a repeat, for a sample says
 * its time. It is kept in memory only, and read anew from the messages that wait, so that it costs the disk nothing.
 */
export class RecentContents {
  readonly #keys = new Map<string, number[]>();

  /**
   * Notes a message.
   * @returns false when it is one of the last ones
   */
  add(key: string, body: Uint8Array): boolean {
    const known = this.#keys.get(key);
    // 48 bits: with this few to compare, two different messages that agree in them are not to be expected in the life of a gateway.
    const print = hash('sha256', body, 'buffer').readUIntBE(0, 6);
    if (known === undefined) {
      this.#keys.set(key, [print]);
      return true;
    }
    if (known.includes(print)) return false;
    known.push(print);
    if (known.length > PER_KEY) known.shift();
    return true;
  }
}
