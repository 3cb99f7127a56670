import type { AtLine } from '../at/exchange.ts';
import type { ModemFacts } from '../facts.ts';
import { withoutIdentities } from '../identities.ts';

/**
 * Parses what a modem says of itself: one bare line to +CGMI, +CGMM and +CGMR (3GPP TS 27.007 §5.1 to §5.3), several to ATI, with titles or in the order
 * manufacturer, model, revision. Lines with an identity (IMEI) are passed over.
 *
 *     Quectel
 *     RM520N-GL
 *     Revision: RM520NGLAAR03A03M4G
 */
export function parseIdentification(command: string, lines: readonly AtLine[]): ModemFacts {
  const texts = lines
    .map(({ text }) => text)
    .filter((text) => withoutIdentities(text) === text && !/^\+GCAP/i.test(text));
  const [first, second] = texts;
  if (/MI$/i.test(command)) return { manufacturer: untitled(first) };
  if (/MM$/i.test(command)) return { model: untitled(first) };
  if (/MR$/i.test(command)) return { firmware: untitled(first) };
  const titled = (title: RegExp): string | undefined => untitled(texts.find((text) => title.test(text)));
  const hasTitles = texts.some((text) => /^Manufacturer:/i.test(text));
  return {
    manufacturer: hasTitles ? titled(/^Manufacturer:/i) : untitled(first),
    model: hasTitles ? titled(/^Model:/i) : untitled(second),
    firmware: titled(/^Revision:/i),
  };
}

/** `Revision: X`, `+CGMR: "X"` and `X` alone. */
function untitled(text: string | undefined): string | undefined {
  const value = text
    ?.replace(/^(\+[A-Z]+|[A-Z]+):/i, '')
    .replaceAll('"', '')
    .trim();
  return value === '' ? undefined : value;
}
