import type { Carrier, ModemFacts, Registration, RegistrationState, Technology } from './facts.ts';
import { isRegistered } from './standard/registration.ts';

const dataDomains: readonly Registration['domain'][] = ['5gs', 'eps', 'ps'];

/** Of states without service, the one that says most. */
const telling: readonly RegistrationState[] = ['denied', 'emergency-only', 'searching', 'not-registered', 'unknown'];

/** The registration that counts: for data, with the newest core that has it; calls alone (+CREG) only where nothing else is known. */
export function chooseRegistration(registrations: readonly Registration[]): Registration | undefined {
  const forData = dataDomains.flatMap((domain) => registrations.filter((entry) => entry.domain === domain));
  const pool =
    forData.length > 0 ? [...forData, ...registrations.filter(({ domain }) => domain === 'cell')] : registrations;
  const registered = pool.find(({ state }) => isRegistered(state));
  if (registered !== undefined) return registered;
  return telling.flatMap((state) => pool.find((entry) => entry.state === state) ?? [])[0];
}

/** What the modem uses: by its carriers where they are known, else by what it says. */
export function technologyInUse(facts: ModemFacts, carriers: readonly Carrier[]): Technology | undefined {
  const said = facts.technology ?? facts.registrations?.find(({ technology }) => technology !== undefined)?.technology;
  const uses = (technology: Carrier['technology']): boolean =>
    carriers.some((carrier) => carrier.technology === technology);
  if (uses('nr')) return uses('lte') || carriers.every(({ primary }) => primary === false) ? 'en-dc' : 'nr-sa';
  if (uses('lte')) return said === 'en-dc' || said === 'nb-iot' ? said : 'lte';
  const [first] = carriers;
  return first?.technology === 'umts' || first?.technology === 'gsm' ? first.technology : said;
}
