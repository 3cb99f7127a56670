/** Where a progress is shown. */
export interface Output {
  write(text: string): boolean;
  isTTY: boolean;
  columns?: number;
}

/** Nobody reads faster, ms. */
const REDRAW_MS = 100;

/** Says on standard error what is going on: one line that is written anew on a terminal, a line for each phase otherwise. */
export class Progress {
  readonly #output: Output;
  #prefix = '';
  #phase = '';
  #startedAt = performance.now();
  #drawnAt = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  /** Names what the phases belong to, e.g. `round 1/3`. */
  round(text: string): void {
    this.#prefix = text;
  }

  /** Begins a phase. */
  phase(text: string): void {
    this.#phase = text;
    this.#startedAt = performance.now();
    if (this.#output.isTTY) this.#draw('');
    else this.#output.write(`${this.#line('')}\n`);
  }

  /** Adds to the phase's line how far it is; on a terminal only. */
  detail(text: string): void {
    const now = performance.now();
    if (!this.#output.isTTY || now - this.#drawnAt < REDRAW_MS) return;
    this.#drawnAt = now;
    this.#draw(text);
  }

  /** Says something that stays. */
  note(text: string): void {
    if (this.#output.isTTY) this.#output.write('\r\x1b[K');
    this.#output.write(`${text}\n`);
  }

  /** Removes the line of the phase. */
  end(): void {
    if (this.#output.isTTY) this.#output.write('\r\x1b[K');
  }

  #draw(detail: string): void {
    // A terminal without a size says that it has no columns.
    const line = this.#line(detail).slice(0, (this.#output.columns || 80) - 1);
    this.#output.write(`\r\x1b[K${line}`);
  }

  #line(detail: string): string {
    const seconds = Math.round((performance.now() - this.#startedAt) / 1000);
    const tail = detail === '' ? '' : ` ${detail} (${seconds} s)`;
    return `${this.#prefix === '' ? '' : `${this.#prefix} · `}${this.#phase}${tail}`;
  }
}
