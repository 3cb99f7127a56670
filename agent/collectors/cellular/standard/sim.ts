import type { Row } from '../at/row.ts';
import type { ModemFacts, SimState } from '../facts.ts';

/** `<code>` of +CPIN (3GPP TS 27.007 §8.3), and what modems say besides. All others lock the modem to a SIM, network or provider. */
const codes: Readonly<Record<string, SimState>> = {
  READY: 'ready',
  'SIM PIN': 'pin-required',
  'SIM PUK': 'puk-required',
  'SIM PIN2': 'pin2-required',
  'SIM PUK2': 'puk2-required',
  'NOT INSERTED': 'absent',
  'SIM NOT INSERTED': 'absent',
  'SIM REMOVED': 'absent',
  'NOT READY': 'not-ready',
  'SIM BUSY': 'busy',
  'SIM FAILURE': 'failed',
  'SIM ERROR': 'failed',
};

/** Causes of +CME ERROR that are about the SIM (3GPP TS 27.007 §9.2.1), as number and in words. */
const causes: readonly [cause: RegExp, state: SimState][] = [
  [/^(10|SIM not inserted)$/i, 'absent'],
  [/^(11|SIM PIN (required|necessary))$/i, 'pin-required'],
  [/^(12|SIM PUK (required|necessary))$/i, 'puk-required'],
  [/^(13|SIM failure|15|SIM wrong)$/i, 'failed'],
  [/^(14|SIM busy)$/i, 'busy'],
  [/^(17|SIM PIN2 (required|necessary))$/i, 'pin2-required'],
  [/^(18|SIM PUK2 (required|necessary))$/i, 'puk2-required'],
];

/**
 * Parses +CPIN.
 *
 *     +CPIN: READY
 *     +CPIN: SIM PIN
 */
export function parseCpin(row: Row): ModemFacts {
  const code = row.text(0)?.toUpperCase();
  if (code === undefined) throw row.failure('a state of the SIM');
  const isLock = /^PH-.*(PIN|PUK)\d?$/.test(code);
  return { simState: codes[code] ?? (isLock ? 'locked' : row.unclear('code', code)) };
}

/**
 * What a failed command tells of the SIM; nothing for other causes.
 *
 *     +CME ERROR: 10
 */
export function simStateOf(finalResult: string): SimState | undefined {
  const cause = /^\+CM[ES] ERROR:\s*(.*)$/.exec(finalResult)?.[1]?.trim() ?? '';
  return causes.find(([pattern]) => pattern.test(cause))?.[1];
}
