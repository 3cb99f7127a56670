/** How a modem ends its answer. */
export type FinalResult = { ok: true } | { ok: false; text: string };

/**
 * Parses a final result code (V.250 §5.7.1, 3GPP TS 27.007 §9.2, 27.005 §3.2.5), and what HiSilicon's modems say to an unknown command:
 *
 *     OK
 *     ERROR
 *     +CME ERROR: 10
 *     +CME ERROR: SIM not inserted
 *     COMMAND NOT SUPPORT
 *
 * @returns undefined for a line that ends no answer
 */
export function parseFinalResult(line: string): FinalResult | undefined {
  if (line === 'OK') return { ok: true };
  const failed = /^(ERROR|\+CM[ES] ERROR\b.*|COMMAND NOT SUPPORT|TOO MANY PARAMETERS)$/.test(line);
  return failed ? { ok: false, text: line } : undefined;
}

/** What a modem says by itself and without a prefix: about calls, and while it starts. */
const bareUnsolicited =
  /^(RING|NO CARRIER|BUSY|NO ANSWER|NO DIALTONE|CONNECT.*|RDY|APP RDY|POWERED DOWN|NORMAL POWER DOWN|.* (READY|DONE))$/i;

export function isBareUnsolicited(line: string): boolean {
  return bareUnsolicited.test(line);
}

/** The prefix of an answer's line, in capitals: `+CSQ` of `+csq: 23,99`; undefined for a line without one. */
export function prefixOf(line: string): string | undefined {
  return /^([+^*%$#!&_@][A-Z0-9]+):/i.exec(line)?.[1]?.toUpperCase();
}
