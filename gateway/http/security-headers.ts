import type { FastifyReply } from 'fastify';
import type { Api } from './api.ts';

/** The page that documents the API, whose script builds styles as it goes. */
export const DOCS_PATH = '/api/docs';

const consolePolicy = policy("style-src 'self'");
const docsPolicy = policy("style-src 'self' 'unsafe-inline'");

/** Headers of every answer (OWASP HTTP Headers Cheat Sheet). Strict-Transport-Security has no place before TLS. */
const headers = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** Sets the security headers before anything else may answer. */
export function addSecurityHeaders(app: Api): void {
  app.addHook('onRequest', async (request, reply) => {
    setSecurityHeaders(reply, request.url);
  });
}

export function setSecurityHeaders(reply: FastifyReply, url: string): void {
  const docs = url === DOCS_PATH || url.startsWith(`${DOCS_PATH}/`);
  reply.headers(headers).header('content-security-policy', docs ? docsPolicy : consolePolicy);
  // What the API answers is for one person at one moment.
  if (url.startsWith('/api/') && !docs) reply.header('cache-control', 'no-store');
}

function policy(styles: string): string {
  return [
    "default-src 'self'",
    styles,
    "script-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; ');
}
