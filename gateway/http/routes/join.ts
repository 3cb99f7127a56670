import { Type } from 'typebox';
import { CampusError } from '../../../contract/errors.ts';
import { AuthorityView, JoinAnswer, JoinRequest, RenewalAnswer, RenewalRequest } from '../../../contract/join.ts';
import type { Api } from '../api.ts';
import { addressOf } from '../authentication.ts';
import type { HttpDeps } from '../deps.ts';

/** `/ca`, `/join`: how devices come in. Public, for who asks has nothing to show yet but what is in the request. */
export function addJoin(app: Api, { joining, identity }: Pick<HttpDeps, 'joining' | 'identity'>): void {
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
    schema: { summary: 'Certificates of gateways that are revoked, as DER' },
    handler: async (_request, reply) => {
      const list = identity?.revocations;
      if (list === undefined)
        throw new CampusError('not_found', 'a gateway for this machine alone has no certificates');
      return reply.type('application/pkix-crl').send(list);
    },
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
