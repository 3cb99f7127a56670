import { Type } from '#typebox';
import { roleAllows } from '../../access/roles.ts';
import type { Reject } from '../../registry/rejects.ts';
import type { Api } from '../api.ts';
import { identityOf } from '../authentication.ts';
import type { HttpDeps } from '../deps.ts';
import { nextOf, numberedPageQuery, numberOf, pageAnswer, readPage } from '../page.ts';
import { deviceFilter } from '../schemas.ts';

const text = Type.Optional(Type.String());

const RejectView = Type.Object({
  id: Type.Integer(),
  time: Type.Integer({ description: 'of the first, where `count` is more than one' }),
  last_time: Type.Integer(),
  site: text,
  device: text,
  topic: text,
  code: Type.String(),
  detail: Type.String(),
  count: Type.Integer({ minimum: 1 }),
  sample: Type.Optional(Type.String({ description: 'how the payload begins; for operators' })),
});

/** `/rejects`: payloads that were not stored, with the reason, newest first. */
export function addRejects(app: Api, { registry }: Pick<HttpDeps, 'registry'>): void {
  app.route({
    method: 'GET',
    url: '/rejects',
    config: { role: 'viewer', scope: 'events' },
    schema: {
      summary: 'Payloads that were not stored, with the reason, newest first',
      querystring: Type.Object(
        { ...numberedPageQuery, ...deviceFilter, code: Type.Optional(Type.String({ pattern: '^[a-z0-9_]{1,64}$' })) },
        { additionalProperties: false },
      ),
      response: { 200: Type.Object({ rejects: Type.Array(RejectView), ...pageAnswer }) },
    },
    handler: (request) => {
      const { cursor, limit, ...narrow } = request.query;
      const before = numberOf(cursor);
      const page = readPage(
        limit,
        (rows) => registry.rejects.list({ ...narrow, before, limit: rows }),
        ({ id }) => String(id),
      );
      // A payload that nobody could check may hold anything.
      const withSample = roleAllows(identityOf(request).role, 'operator');
      return { rejects: page.rows.map((reject) => rejectView(reject, withSample)), ...nextOf(page) };
    },
  });
}

function rejectView({ lastTime, sample, ...reject }: Reject, withSample: boolean) {
  const { site, device, topic, ...kept } = reject;
  return {
    ...kept,
    last_time: lastTime,
    ...(site === undefined ? {} : { site }),
    ...(device === undefined ? {} : { device }),
    ...(topic === undefined ? {} : { topic }),
    ...(sample === undefined || !withSample ? {} : { sample }),
  };
}
