/** Longer than any answer's line; beyond it stands noise, which must not fill the memory. */
const LINE_MAX_CHARS = 4096;

/**
 * Cuts what a modem sends into lines, whatever ends them: `\r\n` around each line (V.250 §5.7.1), `\r\r\n` after an echo, a lone `\n` in captures.
 * Empty lines carry nothing and are left out.
 */
export class LineSplitter {
  #rest = '';

  /** The lines that this piece completes; what stands after the last line end waits for the next one. */
  push(piece: string): string[] {
    const parts = (this.#rest + piece).split(/[\r\n]/);
    this.#rest = parts.pop() ?? '';
    if (this.#rest.length > LINE_MAX_CHARS) {
      parts.push(this.#rest);
      this.#rest = '';
    }
    return parts.map((part) => part.slice(0, LINE_MAX_CHARS).trim()).filter((part) => part !== '');
  }
}
