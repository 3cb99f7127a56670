/**
 * MAC addresses (IEEE 802, 48 bits) as programs write them: `3c:22:fb:0a:1b:2c`, `3C-22-FB-0A-1B-2C`, `3c22.fb0a.1b2c`. Twelve digits in a
 * row are left alone: they are as well a serial number. So are parts of longer rows of pairs, such as an EUI-64 or an IPv6 address.
 */
const PAIRS = '(?<![0-9a-f][:-]?)[0-9a-f]{2}([:-])[0-9a-f]{2}(?:\\1[0-9a-f]{2}){4}(?![:-]?[0-9a-f])';
const QUADS = '(?<![0-9a-f]\\.?)[0-9a-f]{4}\\.[0-9a-f]{4}\\.[0-9a-f]{4}(?!\\.?[0-9a-f])';
const anywhere = new RegExp(`${PAIRS}|${QUADS}`, 'gi');
const first = new RegExp(anywhere.source, 'i');
const whole = new RegExp(`^(?:${anywhere.source})$`, 'i');

/** Shorter texts hold none. */
const SHORTEST = '0000.0000.0000'.length;

/** A MAC address as 12 lower-case digits, however it was written; undefined for any other text. Also takes the 12 digits alone. */
export function parseMac(text: string): string | undefined {
  const trimmed = text.trim();
  if (!whole.test(trimmed) && !/^[0-9a-f]{12}$/i.test(trimmed)) return undefined;
  return trimmed.replaceAll(/[^0-9a-f]/gi, '').toLowerCase();
}

/** True for a text with a MAC address in it. */
export function holdsMac(text: string): boolean {
  return text.length >= SHORTEST && first.test(text);
}

/** A text with every MAC address in it replaced. */
export function replaceMacs(text: string, replacement: (mac: string) => string): string {
  return text.length < SHORTEST ? text : text.replaceAll(anywhere, replacement);
}

/** A text as it may be logged, or shown to whoever mends a device: no MAC address stands in it. */
export function withoutMacs(text: string): string {
  return replaceMacs(text, () => '[mac]');
}
