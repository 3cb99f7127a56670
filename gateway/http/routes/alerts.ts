import { Type } from '#typebox';
import { Alert } from '../../../contract/alert.ts';
import { CampusError } from '../../../contract/errors.ts';
import { Id } from '../../../contract/ids.ts';
import { actorOf } from '../../access/identity.ts';
import type { Alerts, PersonalAction } from '../../alerts/alerts.ts';
import { maskAlert } from '../../privacy/masked-names.ts';
import type { Api } from '../api.ts';
import { addressOf, identityOf } from '../authentication.ts';
import type { HttpDeps } from '../deps.ts';
import { nextOf, pageAnswer, pageQuery, readPage } from '../page.ts';
import { RevealBody, recordReveal } from '../reveal.ts';
import { deviceFilter } from '../schemas.ts';

const note = Type.String({ maxLength: 500, description: 'what the person said' });
const AlertDetail = Type.Object({
  ...Alert.properties,
  acknowledged_note: Type.Optional(note),
  closed_note: Type.Optional(note),
});
const IdParams = Type.Object({ id: Id });

/** `/alerts`: open ones and the history, newest first. */
export function addAlerts(app: Api, { registry, alerts, now }: Pick<HttpDeps, 'registry' | 'alerts' | 'now'>): void {
  const detailOf = (alert: Alert) => {
    const { acknowledged, closed } = alerts.notes(alert.id);
    return {
      ...maskAlert(alert),
      ...(acknowledged === undefined ? {} : { acknowledged_note: acknowledged }),
      ...(closed === undefined ? {} : { closed_note: closed }),
    };
  };

  app.route({
    method: 'GET',
    url: '/alerts',
    config: { role: 'viewer', scope: 'alerts' },
    schema: {
      summary: 'Alerts, newest first',
      querystring: Type.Object(
        {
          limit: pageQuery.limit,
          cursor: Type.Optional(Id),
          state: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('cleared')])),
          ...deviceFilter,
        },
        { additionalProperties: false },
      ),
      response: { 200: Type.Object({ alerts: Type.Array(Alert), ...pageAnswer }) },
    },
    handler: ({ query: { cursor, limit, ...narrow } }) => {
      const page = readPage(
        limit,
        (rows) => alerts.list({ ...narrow, before: cursor, limit: rows }),
        ({ id }) => id,
      );
      return { alerts: page.rows.map(maskAlert), ...nextOf(page) };
    },
  });

  app.route({
    method: 'GET',
    url: '/alerts/:id',
    config: { role: 'viewer', scope: 'alerts' },
    schema: { summary: 'One alert', params: IdParams, response: { 200: AlertDetail } },
    handler: ({ params }) => {
      const alert = alerts.get(params.id);
      if (alert === undefined) throw new CampusError('not_found', `expected the id of an alert, got ${params.id}`);
      return detailOf(alert);
    },
  });

  app.route({
    method: 'POST',
    url: '/alerts/:id/reveal',
    config: { role: 'operator' },
    schema: {
      summary: 'Who took an alert up or closed it, for a reason',
      params: IdParams,
      body: RevealBody,
      response: {
        200: Type.Object({ acknowledged_by: Type.Optional(Type.String()), closed_by: Type.Optional(Type.String()) }),
      },
    },
    handler: (request) => {
      const alert = alerts.get(request.params.id);
      if (alert === undefined) {
        throw new CampusError('not_found', `expected the id of an alert, got ${request.params.id}`);
      }
      recordReveal(request, { registry, what: `alert/${alert.id}`, reason: request.body.reason });
      const { acknowledged_by, closed_by } = alert;
      return {
        ...(acknowledged_by === undefined ? {} : { acknowledged_by }),
        ...(closed_by === undefined ? {} : { closed_by }),
      };
    },
  });

  for (const { action, summary } of personalActions) {
    app.route({
      method: 'POST',
      url: `/alerts/:id/${action}`,
      config: { role: 'operator', scope: 'alerts' },
      schema: {
        summary,
        params: IdParams,
        body: Type.Object({ note: Type.Optional(note) }, { additionalProperties: false }),
        response: { 200: AlertDetail },
      },
      // A note is all that a body could say, so none is needed.
      preValidation: async (request) => {
        request.body ??= {};
      },
      handler: (request) => {
        const identity = identityOf(request);
        const { id } = request.params;
        const who = identity.kind === 'user' ? identity.name : actorOf(identity);
        const { alert, changed } = act(alerts, action, id, { who, note: request.body.note, now: now() });
        if (changed) {
          const [actor, address] = [actorOf(identity), addressOf(request)];
          // What was said stands with the alert, where it can be erased.
          registry.audit.record({ actor, address, action: `alert.${action}`, target: id, outcome: 'ok' });
        }
        return detailOf(alert);
      },
    });
  }
}

/** What a person may do about an alert. */
const personalActions = [
  { action: 'acknowledge', summary: 'Say that somebody has taken it up' },
  { action: 'close', summary: 'Clear it although its cause may remain: the present counts as normal from then on' },
] as const;

function act(
  alerts: Alerts,
  action: (typeof personalActions)[number]['action'],
  id: string,
  by: PersonalAction,
): { alert: Alert; changed: boolean } {
  return action === 'acknowledge' ? alerts.acknowledge(id, by) : { alert: alerts.close(id, by), changed: true };
}
