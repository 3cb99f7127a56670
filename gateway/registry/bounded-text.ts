/** Bounds of texts that come from outside, in characters: long enough to understand, too short to fill a disk or a terminal. */
export const textBounds = { name: 128, address: 64, topic: 256, detail: 500, sample: 200 } as const;

/**
 * A text from outside as it may be kept and shown: cut to `max` characters, without control characters, which could
 * rewrite a terminal (CWE-150) or turn a line around (CVE-2021-42574), and without broken surrogates, which SQLite would refuse.
 */
export function boundedText(text: string, max: number): string {
  const cut = text.length > max ? `${text.slice(0, max - 1)}…` : text;
  return cut.toWellFormed().replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, '\ufffd');
}
