import type { FastifyRequest } from 'fastify';
import { Type } from '#typebox';
import { Id } from '../../../contract/ids.ts';
import { actorOf } from '../../access/identity.ts';
import { exportFormats } from '../../store/export-query.ts';
import type { Api } from '../api.ts';
import { addressOf, identityOf } from '../authentication.ts';
import type { HttpDeps } from '../deps.ts';
import { exportFileName, parseExportParameters } from '../export-parameters.ts';
import { sendFile } from '../raw-answer.ts';
import { WireName } from '../schemas.ts';

/** An export has to be written within this time, a hundred million values on a small box. HTTP clients seldom wait longer than five minutes. */
export const EXPORT_MS = 4 * 60 * 1000;
/** Names that one parameter may be given with. */
const NAMES_MAX = 500;

/** How many rows follow, for whoever does not want to count them. */
const ROWS_HEADER = 'x-row-count';

const moment = (description: string) => Type.String({ minLength: 1, maxLength: 64, description });
/** A parameter that may be repeated. */
const several = <T extends typeof Id | typeof WireName>(name: T) =>
  Type.Optional(Type.Union([name, Type.Array(name, { maxItems: NAMES_MAX })]));

const ExportQuerystring = Type.Object(
  {
    measurement: WireName,
    from: moment('ms or ISO 8601, inclusive'),
    to: moment('ms or ISO 8601, exclusive'),
    format: Type.Optional(Type.Enum([...exportFormats], { description: 'csv unless told' })),
    field: several(WireName),
    site: several(Id),
    device: several(Id),
  },
  { additionalProperties: false },
);

const types = { csv: 'text/csv; charset=utf-8; header=present', parquet: 'application/vnd.apache.parquet' } as const;

/**
 * `/export`: the points themselves, as a file. For operators and not for viewers, whose tokens dashboards hold: one call carries a year of every
 * device away, and costs the box its disk and one of the store's threads for minutes.
 */
export function addExport(app: Api, { registry, exports }: Pick<HttpDeps, 'registry' | 'exports'>): void {
  app.route({
    method: 'GET',
    url: '/export',
    config: { role: 'operator', scope: 'measurements', rate: 'costly' },
    exposeHeadRoute: false,
    handlerTimeout: EXPORT_MS,
    schema: {
      summary: 'The points of one measurement as a CSV or Parquet file; `field`, `site` and `device` may be repeated',
      querystring: ExportQuerystring,
      produces: Object.values(types),
    },
    handler: async (request, reply) => {
      const query = parseExportParameters(request.query);
      const { file, rows, bytes } = await exports.make(query, request.signal);
      try {
        record(request, query.measurement, `${exportFileName(query)}, ${rows} rows, ${bytes} bytes`);
      } catch (error) {
        // What leaves no trace does not leave.
        await file.close();
        throw error;
      }
      reply.header(ROWS_HEADER, rows);
      await sendFile(reply, { file, name: exportFileName(query), type: types[query.format] });
    },
  });

  function record(request: FastifyRequest, target: string, detail: string): void {
    const who = { actor: actorOf(identityOf(request)), address: addressOf(request) };
    registry.audit.record({ ...who, action: 'store.export', target, outcome: 'ok', detail });
  }
}
