import { collectDefaultMetrics } from 'prom-client';
import type { Api } from '../api.ts';
import type { HttpDeps } from '../deps.ts';

/** How often the event loop's delay is sampled, ms: at the library's 10 ms the samples were most of what an idle gateway did. */
const DELAY_SAMPLE_MS = 500;

/** `/metrics`: the gateway's figures in the Prometheus text format, those of the process among them. */
export function addMetrics(app: Api, { metrics }: Pick<HttpDeps, 'metrics'>): void {
  collectDefaultMetrics({ register: metrics, eventLoopMonitoringPrecision: DELAY_SAMPLE_MS });
  app.route({
    method: 'GET',
    url: '/metrics',
    config: { role: 'viewer-or-local', scope: 'metrics' },
    schema: { summary: 'Figures of the gateway for Prometheus', produces: ['text/plain'] },
    handler: async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()),
  });
}
