import { addressBlock } from '../access/network-address.ts';

const DAY_MS = 24 * 3600 * 1000;
/** Rows a day: over the 400 days that the log is kept some 350 MB, with their repeats. A school whose devices are in order has a few. */
const ROWS_PER_DAY = 1000;
/** Of one address: nobody uses up all by himself, so that what others do is still told one by one. */
const ROWS_PER_ADDRESS = 100;

/** How many refusals may still have a row of their own today (UTC). A restart of the gateway begins the day anew. */
export class RefusalBudget {
  #day = 0;
  #used = 0;
  readonly #usedBy = new Map<string, number>();

  /** True when a refusal of this address may have a row; then that is used. */
  take(address: string, now: number): boolean {
    this.#turnPage(Math.floor(now / DAY_MS));
    const block = addressBlock(address);
    const used = this.#usedBy.get(block) ?? 0;
    if (this.#used >= ROWS_PER_DAY || used >= ROWS_PER_ADDRESS) return false;
    this.#used += 1;
    this.#usedBy.set(block, used + 1);
    return true;
  }

  #turnPage(day: number): void {
    if (day === this.#day) return;
    this.#day = day;
    this.#used = 0;
    this.#usedBy.clear();
  }
}
