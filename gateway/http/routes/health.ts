import { Type } from '#typebox';
import { CampusError } from '../../../contract/errors.ts';
import type { Api } from '../api.ts';
import type { HttpDeps } from '../deps.ts';

const Status = Type.Object({ status: Type.String() });

/** `/healthz`: the process runs. `/readyz`: it can do its job. For supervisors, which have no account. */
export function addHealth(app: Api, { readiness }: Pick<HttpDeps, 'readiness'>): void {
  app.route({
    method: 'GET',
    url: '/healthz',
    config: { role: 'public' },
    schema: { summary: 'The process runs', response: { 200: Status } },
    handler: () => ({ status: 'ok' }),
  });

  app.route({
    method: 'GET',
    url: '/readyz',
    config: { role: 'public' },
    schema: { summary: 'The gateway can do its job', response: { 200: Status } },
    handler: () => {
      if (readiness()) return { status: 'ready' };
      throw new CampusError(
        'not_ready',
        'the gateway is starting, or cannot reach its store: try again in a few seconds',
      );
    },
  });
}
