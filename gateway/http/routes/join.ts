import { Type } from '#typebox';
import { AuthorityView, JoinAnswer, JoinRequest, RenewalAnswer, RenewalRequest } from '../../../contract/join.ts';
import type { Api } from '../api.ts';
import { addressOf } from '../authentication.ts';
import type { HttpDeps } from '../deps.ts';

/** `/ca`, `/join`: how devices come in. Public, for who asks has nothing to show yet but what is in the request. */
export function addJoin(app: Api, { joining, revocationList }: Pick<HttpDeps, 'joining' | 'revocationList'>): void {
  app.route({
    method: 'GET',
    url: '/ca',
    config: { role: 'public' },
    schema: {
      summary: "The site's certificate authority; with a fingerprint, refused unless it is of this one",
      querystring: Type.Object(
        { fingerprint: Type.Optional(AuthorityView.properties.fingerprint) },
        { additionalProperties: false },
      ),
      response: { 200: AuthorityView },
    },
    handler: (request) => {
      const { fingerprint } = request.query;
      if (fingerprint !== undefined) joining.checkFingerprint(fingerprint, addressOf(request));
      return joining.authority;
    },
  });

  app.route({
    method: 'GET',
    url: '/ca.crt',
    config: { role: 'public' },
    schema: { summary: 'The same as a PEM file, for browsers and devices to trust' },
    handler: async (_request, reply) => {
      reply
        .type('application/x-x509-ca-cert')
        .header('content-disposition', 'attachment; filename="campus-edge-ca.crt"');
      return reply.send(Buffer.from(joining.authority.certificate));
    },
  });

  app.route({
    method: 'GET',
    url: '/ca.crl',
    config: { role: 'public' },
    schema: { summary: 'Certificates of devices that are revoked and have not ended, as DER (RFC 5280)' },
    handler: async (_request, reply) => reply.type('application/pkix-crl').send(await revocationList.current()),
  });

  app.route({
    method: 'POST',
    url: '/join',
    config: { role: 'public' },
    schema: {
      summary: 'A device with a join token gets its certificate',
      body: JoinRequest,
      response: { 201: JoinAnswer },
    },
    handler: async (request, reply) => reply.code(201).send(await joining.join(request.body, addressOf(request))),
  });

  app.route({
    method: 'POST',
    url: '/join/renew',
    config: { role: 'public' },
    schema: {
      summary: 'A device gets its next certificate',
      body: RenewalRequest,
      response: { 201: RenewalAnswer },
    },
    handler: async (request, reply) => reply.code(201).send(await joining.renew(request.body, addressOf(request))),
  });
}
