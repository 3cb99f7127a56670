import { type Static, Type } from '#typebox';
import { Compile } from '#typebox/compile';
import { CampusError } from '../contract/errors.ts';
import type { GatewayClient } from './gateway-client.ts';

const Ban = Type.Object({
  kind: Type.String(),
  subject: Type.String(),
  failures: Type.Integer(),
  since: Type.Integer(),
  until: Type.Integer(),
});
export type Ban = Static<typeof Ban>;
const answer = Compile(Type.Object({ bans: Type.Array(Ban) }));

/** The bans that hold, of every kind. @throws CampusError that the gateway answers with */
export async function listBans(gateway: GatewayClient): Promise<Ban[]> {
  return answer.Parse(await (await gateway.request('GET', 'bans')).json()).bans;
}

/** Lifts every ban of an address or a user. @throws CampusError `not_found`, or what the gateway answers with */
export async function liftBans(gateway: GatewayClient, subject: string): Promise<void> {
  const held = (await listBans(gateway)).filter((ban) => ban.subject === subject);
  if (held.length === 0) {
    throw new CampusError(
      'not_found',
      `expected an address or a name of \`ban list\`, got ${JSON.stringify(subject.slice(0, 80))}`,
    );
  }
  for (const { kind } of held) await gateway.request('DELETE', `bans/${kind}/${encodeURIComponent(subject)}`);
}
