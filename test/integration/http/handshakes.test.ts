import { createConnection, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import pino from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { GATEWAY_NAME } from '../../../contract/gateway-name.ts';
import { openSiteAuthority } from '../../../gateway/pki/site-authority.ts';
import { TlsIdentity } from '../../../gateway/pki/tls-identity.ts';
import { openHome } from '../../../runtime/home.ts';
import { listenOnFreePort } from '../../support/listen.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';
import { startHttpGateway } from './http-gateway.ts';

/** An HTTP gateway that is reached by TLS, too. */
async function startHttpsGateway() {
  const home = openHome(temporaryDirectory());
  const authority = await openSiteAuthority(home, 'school');
  const identity = await TlsIdentity.open({
    ...{ home, authority, log: pino({ level: 'silent' }), now: Date.now, own: undefined },
    names: () => ({ dns: [GATEWAY_NAME], ips: ['127.0.0.1'] }),
    revocationUrl: 'https://localhost/ca.crl',
  });
  const gateway = await startHttpGateway({ identity });
  const { httpsServer } = gateway.app;
  if (httpsServer === undefined) throw new Error('expected a server for TLS, got none');
  const port = await listenOnFreePort(httpsServer);
  /** A connection that sends no ClientHello. */
  const silent = async (): Promise<Socket> => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.on('error', () => {
      // The server resets what it does not want; `destroyed` tells.
    });
    socket.resume();
    onTestFinished(() => void socket.destroy());
    await new Promise((resolve) => socket.once('connect', resolve));
    return socket;
  };
  /** Asks for something; returns how the answer begins, and the connection. */
  const ask = async (path: string, token: string): Promise<{ answer: string; socket: TLSSocket }> => {
    const socket = connect({ port, host: '127.0.0.1', ca: authority.certificate, servername: GATEWAY_NAME });
    onTestFinished(() => void socket.destroy());
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`);
    const answer = await new Promise<string>((resolve, reject) => {
      socket.once('error', reject).once('data', (data) => resolve(String(data)));
    });
    return { answer, socket };
  };
  return { gateway, silent, ask };
}

test('a thousand connections that begin no handshake keep nobody out, and end nobody who is in', async () => {
  const { gateway, silent, ask } = await startHttpsGateway();
  const token = gateway.token('viewer');
  const stream = await ask('/api/v1/stream', token);
  expect(stream.answer).toMatch(/^HTTP\/1\.1 200/);
  const many: Socket[] = [];
  while (many.length < 1100) many.push(...(await Promise.all(Array.from({ length: 100 }, silent))));
  expect((await ask('/api/v1/devices', token)).answer).toMatch(/^HTTP\/1\.1 200/);
  await until('the oldest had to go', () => many[0]?.destroyed === true);
  expect(stream.socket.destroyed).toBe(false);
  expect(gateway.registry.audit.list({ limit: 1, action: 'http.connect' })).toMatchObject([{ outcome: 'refused' }]);
});
