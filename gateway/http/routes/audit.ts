import { Type } from '#typebox';
import { CampusError } from '../../../contract/errors.ts';
import { maskRow } from '../../privacy/masked-names.ts';
import type { Api } from '../api.ts';
import type { HttpDeps } from '../deps.ts';
import { nextOf, numberedPageQuery, numberOf, pageAnswer, readPage } from '../page.ts';
import { RevealBody, recordReveal } from '../reveal.ts';

const Outcome = Type.Union([Type.Literal('ok'), Type.Literal('refused')]);

const AuditView = Type.Object({
  id: Type.Integer(),
  time: Type.Integer({ description: 'of the first, where `count` is more than one' }),
  last_time: Type.Integer(),
  actor: Type.String({ description: 'people are masked' }),
  actor_id: Type.String({
    description: 'the actor by a pseudonym, which tells people apart whose masked names are alike',
  }),
  address: Type.String(),
  action: Type.String(),
  target: Type.String(),
  outcome: Outcome,
  detail: Type.String(),
  count: Type.Integer({ minimum: 1 }),
});

/** `/audit`: every change and every refusal, newest first. */
export function addAudit(app: Api, { registry }: Pick<HttpDeps, 'registry'>): void {
  const filter = Type.Optional(Type.String({ maxLength: 128 }));
  app.route({
    method: 'GET',
    url: '/audit',
    config: { role: 'auditor', scope: 'audit' },
    schema: {
      summary: 'Every change and every refusal, newest first',
      querystring: Type.Object(
        { ...numberedPageQuery, actor: filter, action: filter, outcome: Type.Optional(Outcome) },
        { additionalProperties: false },
      ),
      response: { 200: Type.Object({ audit: Type.Array(AuditView), ...pageAnswer }) },
    },
    handler: ({ query: { cursor, limit, ...narrow } }) => {
      const before = numberOf(cursor);
      const page = readPage(
        limit,
        (rows) => registry.audit.list({ ...narrow, before, limit: rows }),
        ({ id }) => String(id),
      );
      const audit = page.rows
        .map(maskRow)
        .map(({ lastTime, actorId, ...row }) => ({ ...row, last_time: lastTime, actor_id: actorId }));
      return { audit, ...nextOf(page) };
    },
  });

  app.route({
    method: 'POST',
    url: '/audit/:id/reveal',
    config: { role: 'auditor' },
    schema: {
      summary: 'The names in a row of the audit log, for a reason',
      params: Type.Object({ id: Type.String({ pattern: '^[0-9]{1,15}$' }) }),
      body: RevealBody,
      response: { 200: Type.Object({ actor: Type.String(), target: Type.String() }) },
    },
    handler: (request) => {
      const { id } = request.params;
      const row = registry.audit.get(Number(id));
      if (row === undefined) throw new CampusError('not_found', `expected the number of an audit row, got ${id}`);
      recordReveal(request, { registry, what: `audit/${id}`, reason: request.body.reason });
      return { actor: row.actor, target: row.target };
    },
  });
}
