import { writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import pino from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { GATEWAY_NAME } from '../../../contract/gateway-name.ts';
import { readOwnCertificate } from '../../../gateway/pki/own-certificate.ts';
import { openSiteAuthority, type SiteAuthority } from '../../../gateway/pki/site-authority.ts';
import { TlsIdentity } from '../../../gateway/pki/tls-identity.ts';
import { openHome } from '../../../runtime/home.ts';
import type { KeyPair } from '../../../runtime/x509/jobs.ts';
import { runX509Job } from '../../../runtime/x509/run-job.ts';
import { listenOnFreePort } from '../../support/listen.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const DAY_MS = 24 * 3600 * 1000;
const log = pino({ level: 'silent' });

/** An identity on a clock of its own, and a real server that shows it. */
async function serve(own?: (dir: string) => Promise<{ certificate: string; key: string }>) {
  const home = openHome(temporaryDirectory());
  const authority = await openSiteAuthority(home, 'school');
  const time = { offset: 0 };
  const called = { dns: [GATEWAY_NAME, 'localhost'], ips: ['127.0.0.1'] };
  const identity = await TlsIdentity.open({
    ...{ home, authority, log, names: () => called, revocationUrl: 'https://localhost/ca.crl' },
    own: await own?.(home.dir),
    now: () => Date.now() + time.offset,
  });
  const server = createServer(identity.serverOptions, (_request, response) => response.end('here'));
  identity.follow(server);
  const port = await listenOnFreePort(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { home, authority, identity, port, time, called };
}

/** What a server shows to a client that trusts an authority and asks for a name. */
async function shown(port: number, ca: string, servername: string): Promise<PeerCertificate & { socket: TLSSocket }> {
  const socket = connect({ host: '127.0.0.1', port, ca, servername });
  onTestFinished(() => void socket.destroy());
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve).once('error', reject);
  });
  return { ...socket.getPeerCertificate(), socket };
}

/** A certificate of an authority that is not the site's. */
async function foreign(validity: { notBefore: number; notAfter: number }): Promise<KeyPair & { authority: KeyPair }> {
  const authority = await runX509Job<'authority'>({ kind: 'authority', site: 'bureau', validity });
  const names = { dns: ['iot.school.example'], ips: [], commonName: 'iot.school.example' };
  const revocationUrl = 'https://bureau.example/ca.crl';
  return {
    ...(await runX509Job<'server'>({ kind: 'server', authority, ...names, revocationUrl, validity })),
    authority,
  };
}

const year = { notBefore: Date.now() - DAY_MS, notAfter: Date.now() + 365 * DAY_MS };

describe("a gateway's certificate", () => {
  it('is renewed long before it ends, without a restart, while open connections go on', async () => {
    const { authority, identity, port, time } = await serve();
    const first = await shown(port, authority.certificate, GATEWAY_NAME);
    time.offset = 80 * DAY_MS;
    await identity.refresh();
    expect((await shown(port, authority.certificate, GATEWAY_NAME)).serialNumber).toBe(first.serialNumber);
    time.offset = 100 * DAY_MS;
    await identity.refresh();
    const second = await shown(port, authority.certificate, GATEWAY_NAME);
    expect(second.serialNumber).not.toBe(first.serialNumber);
    expect(Date.parse(second.valid_to)).toBeGreaterThan(Date.parse(first.valid_to) + 90 * DAY_MS);
    expect(first.socket.destroyed).toBe(false);
    first.socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    const answer = await new Promise<string>((resolve) => first.socket.once('data', (data) => resolve(String(data))));
    expect(answer).toMatch(/^HTTP\/1\.1 200/);
  });

  it('is made anew when the clock was wrong at its making, and for a name that is new', async () => {
    const { authority, identity, port, time, called } = await serve();
    const first = await shown(port, authority.certificate, 'localhost');
    called.ips.push('192.0.2.9');
    await identity.refresh();
    const second = await shown(port, authority.certificate, 'localhost');
    expect(second.subjectaltname).toContain('IP Address:192.0.2.9');
    expect(second.serialNumber).not.toBe(first.serialNumber);
    called.ips.pop();
    time.offset = -400 * DAY_MS;
    await identity.refresh();
    expect(await shown(port, authority.certificate, 'localhost').catch((error) => error.code)).toBe('CERT_HAS_EXPIRED');
    time.offset = 0;
    await identity.refresh();
    expect((await shown(port, authority.certificate, 'localhost')).valid_to).not.toBe(first.valid_from);
  });

  it('stays the same over a restart, and the authority too', async () => {
    const { home, authority } = await serve();
    const again: SiteAuthority = await openSiteAuthority(home, 'school');
    expect(again).toEqual(authority);
  });

  it("is the administrator's own to everybody but agents, who ask for the site's", async () => {
    const bureau = await foreign(year);
    const { authority, port } = await serve(async (dir) => {
      writeFileSync(join(dir, 'own.crt'), bureau.certificate);
      writeFileSync(join(dir, 'own.key'), bureau.key);
      return { certificate: 'own.crt', key: 'own.key' };
    });
    expect((await shown(port, bureau.authority.certificate, 'iot.school.example')).subject.CN).toBe(
      'iot.school.example',
    );
    expect((await shown(port, authority.certificate, GATEWAY_NAME)).subject.CN).toBe(GATEWAY_NAME);
  });
});

describe('an own certificate', () => {
  const files = { certificate: 'own.crt', key: 'own.key' };
  const write = (certificate: string, key: string): string => {
    const dir = temporaryDirectory();
    writeFileSync(join(dir, files.certificate), certificate);
    writeFileSync(join(dir, files.key), key);
    return dir;
  };
  const failure = (dir: string, now = Date.now()): string => {
    try {
      readOwnCertificate(files, dir, now);
      return 'none';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it('that is broken, expired, missing or of another key is refused in one line that says which', async () => {
    const [one, other] = [await foreign(year), await foreign(year)];
    expect(failure(write(one.certificate, one.key))).toBe('none');
    expect(failure(write(one.certificate, one.key), Date.now() + 366 * DAY_MS)).toMatch(
      /^gateway\.tls\.certificate: .*own\.crt expired on 20/,
    );
    expect(failure(write(one.certificate, one.key), Date.now() - 9 * DAY_MS)).toMatch(/does not hold before/);
    expect(failure(write(one.certificate, other.key))).toMatch(
      /^gateway\.tls\.key: expected the key of .*own\.crt, got the key of another/,
    );
    expect(failure(write('hello', one.key))).toMatch(/^gateway\.tls\.certificate: expected a certificate as PEM in/);
    expect(failure(write(one.certificate, 'hello'))).toMatch(
      /^gateway\.tls\.key: expected an unencrypted private key as PEM in/,
    );
    expect(failure(temporaryDirectory())).toMatch(/^gateway\.tls\.certificate: expected a file that can be read/);
  });
});
