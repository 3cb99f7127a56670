import { collectDefaultMetrics } from 'prom-client';
import type { Api } from '../api.ts';
import type { HttpDeps } from '../deps.ts';

/** `/metrics`: the gateway's figures in the Prometheus text format, those of the process among them. */
export function addMetrics(app: Api, { metrics }: Pick<HttpDeps, 'metrics'>): void {
  collectDefaultMetrics({ register: metrics });
  app.route({
    method: 'GET',
    url: '/metrics',
    config: { role: 'viewer-or-local', scope: 'metrics' },
    schema: { summary: 'Figures of the gateway for Prometheus', produces: ['text/plain'] },
    handler: async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()),
  });
}
