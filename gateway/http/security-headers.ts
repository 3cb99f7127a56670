import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Api } from './api.ts';

/** The page that documents the API. */
export const DOCS_PATH = '/api/docs';

/** Nothing inline and nothing from elsewhere (W3C CSP Level 3): what somebody smuggles into a page neither runs nor shows. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "object-src 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join('; ');

/** Headers of every answer (OWASP HTTP Headers Cheat Sheet). */
const headers = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
} as const;

/** A year (RFC 6797 §6.1.1). Browsers take it over TLS without a certificate warning only, and for names but not for addresses. */
const STRICT_TRANSPORT = 'max-age=31536000';

/** Sets the security headers before anything else may answer. */
export function addSecurityHeaders(app: Api): void {
  app.addHook('onRequest', async (request, reply) => {
    setSecurityHeaders(reply, request);
  });
}

export function setSecurityHeaders(reply: FastifyReply, { url, protocol }: FastifyRequest): void {
  const docs = url === DOCS_PATH || url.startsWith(`${DOCS_PATH}/`);
  reply.headers(headers);
  if (protocol === 'https') reply.header('strict-transport-security', STRICT_TRANSPORT);
  // What the API answers is for one person at one moment.
  if (url.startsWith('/api/') && !docs) reply.header('cache-control', 'no-store');
}
