import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import type { Api } from '../api.ts';
import { SESSION_COOKIE } from '../authentication.ts';
import { DOCS_PATH } from '../security-headers.ts';

/** Collects the routes that are added after it. */
export async function collectDocs(app: Api): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      // The version of the API, which its path has too. That of the product is nobody's business.
      info: { title: 'campus-edge', version: '1' },
      components: {
        securitySchemes: {
          cookie: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE },
          token: { type: 'http', scheme: 'bearer' },
        },
      },
      security: [{ cookie: [] }, { token: [] }],
    },
  });
}

/** `/api/docs`: the API as a page, and as OpenAPI at `/api/docs/json`. Public, as the product's source is. */
export async function addDocs(app: Api): Promise<void> {
  await app.register(async (docs) => {
    docs.addHook('onRoute', (route) => {
      route.config = { ...route.config, role: 'public' };
    });
    await docs.register(fastifySwaggerUi, { routePrefix: DOCS_PATH });
  });
}
