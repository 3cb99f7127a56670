import { Type } from '#typebox';
import { DeviceEvent } from '../../../contract/event.ts';
import { Id } from '../../../contract/ids.ts';
import type { Api } from '../api.ts';
import type { HttpDeps } from '../deps.ts';
import { numberedPageQuery, numberOf, PAGE_DEFAULT, pageAnswer } from '../page.ts';
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
    config: { role: 'viewer', scope: 'events' },
    schema: {
      summary: 'Security and operation events of devices, newest first; a page has as many as fit into 1 MiB',
      querystring: Type.Object({ ...numberedPageQuery, ...deviceFilter }, { additionalProperties: false }),
      response: { 200: Type.Object({ events: Type.Array(EventView), ...pageAnswer }) },
    },
    handler: ({ query: { cursor, limit, ...narrow } }) => {
      const { rows, more } = registry.events.list({
        ...narrow,
        before: numberOf(cursor),
        limit: limit ?? PAGE_DEFAULT,
      });
      const last = rows.at(-1);
      const events = rows.map(({ id, receivedAt, site, device, event }) => ({
        ...{ id, received_at: receivedAt, site, device },
        ...event,
      }));
      return { events, ...(more && last !== undefined ? { next: String(last.id) } : {}) };
    },
  });
}
