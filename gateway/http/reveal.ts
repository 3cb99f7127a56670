import type { FastifyRequest } from 'fastify';
import { Type } from '#typebox';
import { actorOf } from '../access/identity.ts';
import { addressOf, identityOf } from './authentication.ts';
import type { HttpDeps } from './deps.ts';

/** What every reveal asks for. A reason of one letter is none. */
export const RevealBody = Type.Object(
  {
    reason: Type.String({
      minLength: 4,
      maxLength: 200,
      pattern: '\\S',
      description: 'why the name is needed; it stands in the audit log',
    }),
  },
  { additionalProperties: false },
);

/**
 * Notes who wanted to know whose name is masked, and why. Who looks is noted before anything is told: where that cannot be written, nothing is.
 * @param what e.g. `alert/01k…`
 */
export function recordReveal(
  request: FastifyRequest,
  { registry, what, reason }: Pick<HttpDeps, 'registry'> & { what: string; reason: string },
): void {
  const [actor, address] = [actorOf(identityOf(request)), addressOf(request)];
  registry.audit.record({ actor, address, action: 'identity.reveal', target: what, outcome: 'ok', detail: reason });
}
