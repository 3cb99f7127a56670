import { Type } from 'typebox';
import type { Api } from '../api.ts';
import type { HttpDeps } from '../deps.ts';
import { nextOf, numberedPageQuery, numberOf, pageAnswer, readPage } from '../page.ts';

const Outcome = Type.Union([Type.Literal('ok'), Type.Literal('refused')]);

const AuditView = Type.Object({
  id: Type.Integer(),
  time: Type.Integer({ description: 'of the first, where `count` is more than one' }),
  last_time: Type.Integer(),
  actor: Type.String(),
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
      const audit = page.rows.map(({ lastTime, ...row }) => ({ ...row, last_time: lastTime }));
      return { audit, ...nextOf(page) };
    },
  });
}
