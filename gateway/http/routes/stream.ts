import { roleNow } from '../../access/identity.ts';
import { roleAllows } from '../../access/roles.ts';
import type { Api } from '../api.ts';
import { identityOf, keyOf } from '../authentication.ts';
import type { HttpDeps } from '../deps.ts';
import { writeHead } from '../raw-answer.ts';
import { StreamHub } from '../stream-hub.ts';

/** `/stream`: what happens, as it happens, by server-sent events (WHATWG HTML §9.2). */
export function addStream(app: Api, { registry, live, now }: Pick<HttpDeps, 'registry' | 'live' | 'now'>): void {
  const hub = new StreamHub(live);
  // Streams never end by themselves: the server could not close while one is open.
  app.addHook('preClose', async () => hub.close());

  app.route({
    method: 'GET',
    url: '/stream',
    config: { role: 'viewer', scope: 'stream' },
    exposeHeadRoute: false,
    schema: {
      summary: 'Events telemetry, alert, device, command and join-requests, by server-sent events',
      produces: ['text/event-stream'],
    },
    handler: (request, reply) => {
      const identity = identityOf(request);
      const who = keyOf(identity);
      hub.checkRoom(who);
      const mayStay = (): boolean => {
        const role = roleNow(registry, identity, now());
        return role !== undefined && roleAllows(role, 'viewer');
      };
      writeHead(reply, {
        'content-type': 'text/event-stream; charset=utf-8',
        // With the stream ends its connection: nothing else is asked on it.
        connection: 'close',
        // A proxy that gathers the answer would hold every event back.
        'x-accel-buffering': 'no',
      });
      hub.add({ who, response: reply.raw, mayStay });
    },
  });
}
