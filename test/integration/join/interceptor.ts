import { createServer, type Server } from 'node:https';
import { onTestFinished } from 'vitest';
import { runX509Job } from '../../../runtime/x509/run-job.ts';
import { listenOnFreePort } from '../../support/listen.ts';

export interface Interceptor {
  /** Where victims find it. */
  url: string;
  /** Everything that came through, requests and their bodies. */
  seen: string[];
}

/** Somebody in between: an HTTPS server with a certificate of its own for the gateway's name, which passes everything on to the real one. */
export async function intercept(target: string, answerCa?: (answer: string) => string): Promise<Interceptor> {
  const validity = { notBefore: Date.now() - 86_400_000, notAfter: Date.now() + 86_400_000 };
  const authority = await runX509Job<'authority'>({ kind: 'authority', site: 'school', validity });
  const { certificate, key } = await runX509Job<'server'>({
    ...{ kind: 'server', authority, commonName: 'gateway.campus-edge.internal', validity },
    dns: ['gateway.campus-edge.internal', 'localhost'],
    ips: ['127.0.0.1'],
    revocationUrl: 'https://127.0.0.1/ca.crl',
  });
  const seen: string[] = [];
  const server: Server = createServer({ cert: certificate, key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      seen.push(`${request.method} ${request.url} ${body}`);
      fetch(`${target}${request.url}`, { method: request.method ?? 'GET', ...(body === '' ? {} : { body }) }).then(
        async (answer) => {
          const text = await answer.text();
          response.writeHead(answer.status, { 'content-type': 'application/json' });
          response.end(request.url?.includes('/ca') && answerCa !== undefined ? answerCa(authority.certificate) : text);
        },
        () => response.destroy(),
      );
    });
  });
  const port = await listenOnFreePort(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `https://127.0.0.1:${port}`, seen };
}
