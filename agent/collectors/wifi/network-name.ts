import { type Place, parseFailure } from '../../parse-failure.ts';

/**
 * The name of a network is up to 32 bytes of anything (IEEE 802.11-2020 §9.4.2.2): mostly UTF-8 text, here and there GBK. It is shown as the
 * text that it is. Bytes that are no UTF-8, and control characters, stand as `\xNN`; so that nothing has two meanings, a backslash in front of
 * what looks like that stands as `\x5c`.
 */
export function showName(bytes: Uint8Array): string {
  let shown = '';
  for (let at = 0; at < bytes.length; ) {
    const character = characterAt(bytes, at);
    const isPlain = character !== undefined && !/\p{Cc}/u.test(character) && !looksEscaped(bytes, at);
    shown += isPlain ? character : `\\x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}`;
    at += isPlain ? Buffer.byteLength(character) : 1;
  }
  return shown;
}

/**
 * Parses a name as iw prints it (iw, util.c, print_ssid_escaped): printable ASCII as it is; a backslash, spaces at the ends and every other
 * byte as `\xNN`:
 *
 *     \xe6\x95\x99\xe5\xae\xa4 "301"\x20
 *
 * @throws CampusError `parse_failed`
 */
export function parseIwName(text: string, place: Place): string {
  return showName(unescaped(text, place, {}));
}

/**
 * Parses a name as hostapd prints it (hostap, src/utils/common.c, printf_encode): as above, but `\"`, `\\`, `\e`, `\n`, `\r` and `\t` have
 * escapes of their own.
 * @throws CampusError `parse_failed`
 */
export function parseHostapdName(text: string, place: Place): string {
  return showName(unescaped(text, place, { '"': 0x22, '\\': 0x5c, e: 0x1b, n: 0x0a, r: 0x0d, t: 0x09 }));
}

function unescaped(text: string, place: Place, letters: Readonly<Record<string, number>>): Uint8Array {
  const parts = text.split(/(\\x[0-9a-f]{2}|\\.?)/isu).map((part) => {
    if (!part.startsWith('\\')) return Buffer.from(part, 'utf8');
    const byte = part.length === 4 ? Number.parseInt(part.slice(2), 16) : letters[part.slice(1)];
    if (byte === undefined) throw parseFailure(place, 'a name with escapes such as \\x20', text);
    return Buffer.of(byte);
  });
  return Buffer.concat(parts);
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The character that begins at a byte; undefined where none does. */
function characterAt(bytes: Uint8Array, at: number): string | undefined {
  const first = bytes[at] ?? 0;
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  try {
    const text = decoder.decode(bytes.subarray(at, at + length));
    return text === '' ? undefined : text;
  } catch {
    return undefined;
  }
}

/** True for a backslash of the name itself that is followed by what reads like an escape. */
function looksEscaped(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x5c && /^\\x[0-9a-f]{2}/.test(Buffer.from(bytes.subarray(at, at + 4)).toString('latin1'));
}
