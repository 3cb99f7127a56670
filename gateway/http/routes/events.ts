import { Type } from 'typebox';
import { DeviceEvent } from '../../../contract/event.ts';
import { Id } from '../../../contract/ids.ts';
import type { Api } from '../api.ts';
import type { HttpDeps } from '../deps.ts';
import { nextOf, numberedPageQuery, numberOf, pageAnswer, readPage } from '../page.ts';
import { deviceFilter } from '../schemas.ts';

const EventView = Type.Object({
  id: Type.Integer(),
  received_at: Type.Integer(),
  site: Id,
  device: Id,
  ...DeviceEvent.properties,
});

/** `/events`: what devices have told, newest first. */
export function addEvents(app: Api, { registry }: Pick<HttpDeps, 'registry'>): void {
  app.route({
    method: 'GET',
    url: '/events',
    config: { role: 'viewer' },
    schema: {
      summary: 'Security and operation events of devices, newest first',
      querystring: Type.Object({ ...numberedPageQuery, ...deviceFilter }, { additionalProperties: false }),
      response: { 200: Type.Object({ events: Type.Array(EventView), ...pageAnswer }) },
    },
    handler: ({ query: { cursor, limit, ...narrow } }) => {
      const before = numberOf(cursor);
      const page = readPage(
        limit,
        (rows) => registry.events.list({ ...narrow, before, limit: rows }),
        ({ id }) => String(id),
      );
      const events = page.rows.map(({ id, receivedAt, site, device, event }) => ({
        ...{ id, received_at: receivedAt, site, device },
        ...event,
      }));
      return { events, ...nextOf(page) };
    },
  });
}
