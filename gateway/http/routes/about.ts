import { Type } from '#typebox';
import { Id } from '../../../contract/ids.ts';
import type { Api } from '../api.ts';
import type { HttpDeps } from '../deps.ts';

const About = Type.Object({
  version: Type.String(),
  site: Id,
  store: Type.String({ description: 'name of the primary store' }),
  started_at: Type.Integer(),
});

/** `/about`: what this gateway is; not for strangers, whom its version would tell what to try. */
export function addAbout(app: Api, { about }: Pick<HttpDeps, 'about'>): void {
  const { version, site, store, startedAt } = about;
  app.route({
    method: 'GET',
    url: '/about',
    config: { role: 'viewer', scope: 'any' },
    schema: { summary: 'Version, site and store of this gateway', response: { 200: About } },
    handler: () => ({ version, site, store, started_at: startedAt }),
  });
}
