import { Type } from '#typebox';
import type { Api } from '../api.ts';
import type { HttpDeps } from '../deps.ts';
import { deviceFilter, PointView, WireName } from '../schemas.ts';

/** Points of one answer: more than a page can show, and 10 MB of JSON. */
const POINTS_MAX = 20_000;

/** `/latest`: the newest point of every series. */
export function addLatest(app: Api, { latest }: Pick<HttpDeps, 'latest'>): void {
  app.route({
    method: 'GET',
    url: '/latest',
    config: { role: 'viewer', scope: 'measurements' },
    schema: {
      summary: 'The newest point of every series',
      querystring: Type.Object(
        { ...deviceFilter, measurement: Type.Optional(WireName) },
        { additionalProperties: false },
      ),
      response: {
        200: Type.Object({
          points: Type.Array(PointView),
          truncated: Type.Boolean({ description: 'there are more: ask for less' }),
        }),
      },
    },
    handler: ({ query }) => {
      const points = latest.query(query);
      return { points: points.slice(0, POINTS_MAX), truncated: points.length > POINTS_MAX };
    },
  });
}
