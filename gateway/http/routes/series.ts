import { Type } from '#typebox';
import { FieldValue } from '../../../contract/telemetry.ts';
import { FairTurns } from '../../access/fair-turns.ts';
import { aggregates } from '../../store/store.ts';
import type { Api } from '../api.ts';
import { identityOf, keyOf } from '../authentication.ts';
import type { HttpDeps } from '../deps.ts';
import { sendJson } from '../raw-answer.ts';
import { deviceFilter, Tags, WireName } from '../schemas.ts';
import { parseSeriesQuery } from '../series-query.ts';

const text = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 256, description }));

/**
 * Queries of one person or program that the store has at once: it answers one after the other, and whoever asks for years of everything
 * again and again must not have the others wait for all of it. A console with some pages open has as many waiting.
 */
const queryTurns = { running: 2, waiting: 200 } as const;

/** Further parameters `tag.KEY=VALUE` are checked by `parseSeriesQuery`. */
const SeriesQuerystring = Type.Object(
  {
    ...deviceFilter,
    measurement: WireName,
    field: WireName,
    from: text('ms or ISO 8601, inclusive; an hour before `to` unless told'),
    to: text('ms or ISO 8601, exclusive; now unless told'),
    step: text('width of one step: ms, or 10s, 5m, 1h, 1d; absent for the raw points'),
    aggregate: Type.Optional(Type.Enum([...aggregates])),
    group_by: text('one series per combination of these: site, device or tag keys, with commas between'),
  },
  { additionalProperties: Type.String({ maxLength: 256 }) },
);

/** `/series`: one field over time. */
export function addSeries(app: Api, { store, now }: Pick<HttpDeps, 'store' | 'now'>): void {
  const turns = new FairTurns(queryTurns);
  app.route({
    method: 'GET',
    url: '/series',
    config: { role: 'viewer', scope: 'measurements' },
    schema: {
      summary: 'One field over time; `tag.KEY=VALUE` narrows it to series with that tag',
      querystring: SeriesQuerystring,
      response: {
        200: Type.Object({
          series: Type.Array(Type.Object({ tags: Tags, points: Type.Array(Type.Tuple([Type.Integer(), FieldValue])) })),
          truncated: Type.Boolean({ description: 'there are more points: ask for a wider step or a shorter time' }),
        }),
      },
    },
    handler: async (request, reply) => {
      const query = parseSeriesQuery(request.query, now());
      const json = await turns.run(keyOf(identityOf(request)), () => {
        // Who has gone, or was told that it takes too long, waits for no answer.
        request.signal.throwIfAborted();
        return store.seriesJson(query);
      });
      sendJson(reply, json);
      return reply;
    },
  });
}
