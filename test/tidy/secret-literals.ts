/** What looks like a secret in a text: keys, tokens by their prefixes, and long words that nobody would make up. */
export function secretLiterals(text: string): string[] {
  const keys = [...text.matchAll(privateKey)].map(([key]) => key.split('\n')[0] ?? key);
  const tokens = [...text.matchAll(token)].map(([found]) => found);
  const words = [...text.matchAll(word)].map(([found]) => found).filter(isRandom);
  return [...new Set([...keys, ...tokens, ...words])];
}

/** A PEM with its content (RFC 7468): the label alone stands in code that reads one. */
const privateKey = /-----BEGIN ([A-Z]+ )*PRIVATE KEY-----(\s|\\n)*[A-Za-z0-9+/]{20}/g;
/** The product's own, and those of services that developers use. */
const token =
  /\b(ce[jt]_[A-Za-z0-9_-]{20,}|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,}|npm_[A-Za-z0-9]{30,}|xox[abprs]-[A-Za-z0-9-]{10,}|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.)/g;
const word = /(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/_-]{20,}={0,2}(?![A-Za-z0-9+/=_-])/g;

/** Bits per character above which a word is no language: 20 random characters of base64 have 4.1, 32 of hexadecimal digits 3.5. */
const BITS = { base64: 4, hex: 3 } as const;
const HEX_CHARS = 32;

function isRandom(text: string): boolean {
  if (/^[0-9a-f]+$/i.test(text)) return text.length >= HEX_CHARS && bitsPerCharacter(text) > BITS.hex;
  return [/[0-9]/, /[a-z]/, /[A-Z]/].every((kind) => kind.test(text)) && bitsPerCharacter(text) > BITS.base64;
}

/** Shannon's entropy of its characters. */
function bitsPerCharacter(text: string): number {
  const counts = Map.groupBy(text, (character) => character);
  return [...counts.values()].reduce((sum, { length }) => {
    const share = length / text.length;
    return sum - share * Math.log2(share);
  }, 0);
}
