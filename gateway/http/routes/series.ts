import { Type } from 'typebox';
import { FieldValue } from '../../../contract/telemetry.ts';
import { aggregates } from '../../store/store.ts';
import type { Api } from '../api.ts';
import type { HttpDeps } from '../deps.ts';
import { sendJson } from '../raw-answer.ts';
import { deviceFilter, Tags, WireName } from '../schemas.ts';
import { parseSeriesQuery } from '../series-query.ts';

const text = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 256, description }));

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
    handler: async ({ query }, reply) => {
      sendJson(reply, await store.seriesJson(parseSeriesQuery(query, now())));
      return reply;
    },
  });
}
