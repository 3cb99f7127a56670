import type { Speaker } from './terminal.ts';

/** Erases a terminal's line (ECMA-48 §8.3.41) and goes to its beginning. */
export const CLEAR_LINE = '\r\u001b[K';

/** A line on the terminal that says how far something is; nothing where no person reads along. */
export class ProgressLine {
  readonly #speaker: Speaker;
  readonly #label: string;
  readonly #shown: boolean;
  #percent = -1;

  /** @param quiet the output is for a program */
  constructor(speaker: Speaker, label: string, quiet: boolean) {
    this.#speaker = speaker;
    this.#label = label;
    this.#shown = speaker.isTerminal && !quiet;
  }

  /** @param share 0 to 1 */
  show(share: number): void {
    const percent = Math.floor(Math.min(1, share) * 100);
    if (!this.#shown || percent === this.#percent) return;
    this.#percent = percent;
    this.#speaker.out(`${CLEAR_LINE}${this.#label} ${percent} %`);
  }

  /** Takes the line away. */
  end(): void {
    if (this.#percent >= 0) this.#speaker.out(CLEAR_LINE);
    this.#percent = -1;
  }
}

/** A size for people: `12.3 MB`, `4.1 kB`. */
export function sizeText(bytes: number): string {
  const [unit, divisor] = bytes < 1e6 ? ['kB', 1e3] : bytes < 1e9 ? ['MB', 1e6] : ['GB', 1e9];
  return `${(bytes / Number(divisor)).toFixed(1)} ${unit}`;
}
