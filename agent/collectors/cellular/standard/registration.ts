import type { Row } from '../at/row.ts';
import type { ModemFacts, Registration, RegistrationState } from '../facts.ts';
import { ACT_MAX, technologyOfAct } from './access-technology.ts';

const domains: Readonly<Record<string, Registration['domain']>> = {
  '+CREG': 'cs',
  '+CGREG': 'ps',
  '+CEREG': 'eps',
  '+C5GREG': '5gs',
};

/** `<stat>` (3GPP TS 27.007 §7.2, §10.1.22): 9 and 10 are 1 and 5 where calls over 3G are not preferred, 8 and 11 give emergency services. */
const states: readonly RegistrationState[] = [
  ...(['not-registered', 'home', 'searching', 'denied', 'unknown', 'roaming'] as const),
  ...(['home-sms-only', 'roaming-sms-only', 'emergency-only', 'home', 'roaming', 'emergency-only'] as const),
];

/** True for a state in which the modem has a network of its own or another's. */
export function isRegistered(state: RegistrationState): boolean {
  return state.startsWith('home') || state.startsWith('roaming');
}

/**
 * Parses +CREG, +CGREG, +CEREG and +C5GREG (3GPP TS 27.007 §7.2, §10.1.20, §10.1.22, §10.1.47), as asked for (`<n>,<stat>,…`) and as told by the
 * modem itself (`<stat>,…`): location area or tracking area code, cell, technology. Old modems leave the quotes out.
 *
 *     +CEREG: 2,1,"DE10","5A29C0B",7
 *     +C5GREG: 2,1,"690E0F","9013B004",11,4,"01.000000"
 *     +CREG: 1,84CD,00D30156
 *     +CGREG: 3
 */
export function parseRegistration(row: Row): ModemFacts {
  const domain = domains[row.prefix];
  const first = row.text(0);
  // The test command lists what can be set, in parentheses.
  if (domain === undefined || first?.startsWith('(') === true) return {};
  const offset = isAskedFor(row) ? 1 : 0;
  const stat = row.number(offset, 'stat', { least: 0, greatest: states.length - 1 });
  const state = stat === undefined ? undefined : states[stat];
  if (state === undefined) throw row.failure(`a state of registration from 0 to ${states.length - 1}`);
  if (!isRegistered(state)) return { registrations: [{ domain, state }] };
  const at = locationAt(row, offset + 1);
  const registration: Registration = {
    domain,
    state,
    tac: row.hex(offset + 1, 'tac'),
    cellId: row.hex(at.cell, 'ci'),
    technology: technologyOfAct(row.number(at.act, 'AcT', { least: 0, greatest: ACT_MAX })),
  };
  return { registrations: [registration] };
}

/** A state is a short number without quotes; an area code has four digits, or quotes. */
function isAskedFor(row: Row): boolean {
  const [, second, third] = row.parameters;
  if (second === undefined || second.quoted) return false;
  return /^\d{1,3}$/.test(second.text) || (/^\d{4}$/.test(second.text) && third?.quoted === true);
}

/** Some modems put a routing area code, of two digits, between area and cell. */
function locationAt(row: Row, area: number): { cell: number; act: number } {
  const [second = '', third = ''] = [row.text(area + 1), row.text(area + 2)];
  const routing = second.length <= 2 && third.length > 2 && row.parameters[area + 1]?.quoted === false;
  return routing ? { cell: area + 2, act: area + 3 } : { cell: area + 1, act: area + 2 };
}
