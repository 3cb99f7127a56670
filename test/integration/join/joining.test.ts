import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'mqtt';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { isRenewalDue, renewEnrolment, startRenewal } from '../../../agent/join/renewal.ts';
import { GATEWAY_NAME } from '../../../contract/gateway-name.ts';
import { type Enrolment, enrolmentFile, readEnrolment } from '../../../runtime/enrolment-file.ts';
import { homeAt, openHome } from '../../../runtime/home.ts';
import type { KeyPair } from '../../../runtime/x509/jobs.ts';
import { runX509Job } from '../../../runtime/x509/run-job.ts';
import { Certificates } from '../../access/certificates.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { OpenSsl } from '../../support/openssl.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';
import { root } from '../../tidy/sources.ts';
import { GatewayProcess } from '../agent/gateway-process.ts';
import { intercept } from './interceptor.ts';

const DAY_SECONDS = 24 * 3600;
const program = join(root, 'cli/campus-edge.js');

interface AuditRow {
  action: string;
  target: string;
  outcome: string;
  detail: string;
  actor: string;
}

let dir: string;
let gateway: GatewayProcess;
let clock: FakeClock;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'campus-edge-join-'));
  clock = new FakeClock(dir);
  gateway = await GatewayProcess.start(openHome(join(dir, 'gateway')).dir, clock.env);
});

afterAll(async () => {
  await gateway.end();
  rmSync(dir, { recursive: true });
});

/** A new join token. */
function token(...options: string[]): string {
  return (
    gateway
      .command('join-token', 'create', ...options)
      .trim()
      .split('\n')
      .at(-1) ?? ''
  );
}

/** `campus-edge enroll` on another machine. */
function enroll(options: { token: string; device?: string; home?: string; gateway?: string }) {
  const home = options.home ?? temporaryDirectory();
  const url = options.gateway ?? `https://127.0.0.1:${gateway.httpsPort}`;
  const named = options.device === undefined ? [] : ['--device', options.device];
  const args = ['enroll', '--gateway', url, '--token', options.token, ...named, '--home', home];
  const { status, stderr } = spawnSync(process.execPath, [program, ...args], {
    env: { ...process.env, LANG: 'C.UTF-8', LC_ALL: '' },
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, stderr, home: homeAt(home) };
}

function joined(device: string): Enrolment {
  const { status, stderr, home } = enroll({ token: token('--device', device) });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const enrolment = readEnrolment(home);
  if (enrolment === undefined) throw new Error('enroll left nothing');
  return enrolment;
}

/** Whether the broker lets somebody in by these; the connection stays until the test ends. */
async function connects(shown: Pick<Enrolment, 'certificate' | 'key'>): Promise<string> {
  const client = connect(`mqtts://127.0.0.1:${gateway.mqttsPort}`, {
    ca: readFileSync(join(gateway.home, 'pki/ca.crt')),
    ...{ cert: shown.certificate, key: shown.key, servername: GATEWAY_NAME, protocolVersion: 4, reconnectPeriod: 0 },
  });
  onTestFinished(() => void client.end(true));
  return new Promise((resolve) => {
    client.once('connect', () => resolve('connected'));
    client.once('error', (error) => resolve(error.message));
    client.once('close', () => resolve('closed'));
  });
}

async function refusals(target: string): Promise<string[]> {
  const { audit } = await gateway.get<{ audit: AuditRow[] }>('audit?limit=200&outcome=refused');
  return audit.filter((row) => row.target === target || row.actor.endsWith(`:${target}`)).map(({ detail }) => detail);
}

describe('a machine that joins', () => {
  it('gets a certificate for a key that it made itself, and its agent reports by it until it is revoked', async () => {
    const home = temporaryDirectory();
    expect(enroll({ token: token(), device: 'room-101', home })).toMatchObject({ status: 0, stderr: '' });
    expect(statSync(enrolmentFile(homeAt(home))).mode & 0o777).toBe(0o600);
    const agent = spawn(process.execPath, [program, 'agent', '--home', home], { stdio: ['ignore', 'pipe', 'inherit'] });
    let log = '';
    agent.stdout.on('data', (chunk: Buffer) => {
      log += String(chunk);
    });
    onTestFinished(() => void agent.kill('SIGKILL'));
    const isOnline = async (): Promise<boolean> => {
      const { devices } = await gateway.get<{ devices: { id: string; online: boolean }[] }>('devices');
      return devices.find(({ id }) => id === 'room-101')?.online ?? false;
    };
    await until('the device is online', isOnline);
    gateway.command('device', 'revoke', 'room-101');
    await until('the open connection ends', () => log.includes('no connection to the gateway'), { timeoutMs: 5000 });
    await until('the agent is told why', () => log.includes('join again with campus-edge enroll'));
    expect(await isOnline()).toBe(false);
    expect(await refusals('school/room-101')).toEqual(['certificate_revoked: the device was revoked']);
  });

  it('cannot use a token that was used, has expired, is of another site or for another device', async () => {
    const once = token();
    expect(enroll({ token: once, device: 'room-102' }).status).toBe(0);
    const again = enroll({ token: once, device: 'room-103' });
    expect(again.stderr).toMatch(/^campus-edge: join_token_used: /);
    expect(existsSync(enrolmentFile(again.home))).toBe(false);

    const late = token('--ttl', '30m');
    clock.set(31 * 60);
    expect(enroll({ token: late, device: 'room-104' }).stderr).toMatch(/^campus-edge: join_token_expired: /);
    clock.set(0);

    const other = `cej_${'A'.repeat(43)}${'b'.repeat(22)}`;
    expect(enroll({ token: other, device: 'room-105' }).stderr).toMatch(/^campus-edge: join_token_other_site: /);
    const bound = token('--device', 'room-106');
    expect(enroll({ token: bound, device: 'room-107' }).stderr).toMatch(/^campus-edge: join_token_unknown: /);
    expect(enroll({ token: token(), device: 'room-102' }).stderr).toMatch(/^campus-edge: already_exists: /);
    expect(await refusals('school/room-103')).toEqual([expect.stringMatching(/^join_token_used: token j-/)]);
    expect(await refusals('school/room-104')).toEqual([expect.stringMatching(/^join_token_expired: token j-/)]);
    // Details of the audit log never change, so they name nobody who may have to be erased.
    expect(await refusals('school/room-107')).toEqual([
      expect.stringMatching(/^join_token_unknown: token j-[0-9a-f]+ is for another device$/),
    ]);
    expect(await refusals('')).toContain('join_token_other_site: the token is of another site');
  });

  it.each(['passes the real authority on', 'shows an authority of its own'])(
    'tells nothing secret to somebody in between, who %s',
    async (how) => {
      const own = how.startsWith('shows')
        ? (certificate: string) => JSON.stringify({ site: 'school', certificate, fingerprint: 'A'.repeat(43) })
        : undefined;
      const between = await intercept(`http://127.0.0.1:${gateway.httpPort}`, own);
      const secret = token();
      const { status, stderr, home } = await enrollSlowly({ token: secret, device: 'room-108', gateway: between.url });
      expect(status).toBe(1);
      expect(stderr).toMatch(/^campus-edge: gateway_not_verified: .*nothing secret was sent/);
      expect(existsSync(enrolmentFile(homeAt(home)))).toBe(false);
      expect(between.seen).toHaveLength(1);
      expect(between.seen.join()).not.toContain(secret.slice(-22));
      // The token still lets its owner in, for nobody else has used it; and the gateway, which saw nothing, is told.
      const device = how.startsWith('shows') ? 'room-109' : 'room-110';
      expect(enroll({ token: secret, device, home }).status).toBe(0);
      expect(await refusals(`school/${device}`)).toEqual([
        expect.stringMatching(/^gateway_not_verified: .* https:\/\/127\.0\.0\.1:\d+ was not .* join: 1, /),
      ]);
    },
  );

  it('gets its next certificate before the first one ends, and none afterwards', async () => {
    const first = joined('room-111');
    expect(isRenewalDue(first.certificate, Date.now() + 80 * DAY_SECONDS * 1000)).toBe(false);
    expect(isRenewalDue(first.certificate, Date.now() + 100 * DAY_SECONDS * 1000)).toBe(true);
    clock.set(100 * DAY_SECONDS);
    const second = await renewEnrolment(first);
    expect(second.key).not.toBe(first.key);
    clock.set(200 * DAY_SECONDS);
    expect(await connects(first)).toMatch(/Not authorized/);
    await expect(renewEnrolment(first)).rejects.toMatchObject({ code: 'certificate_expired' });
    expect(await connects(second)).toBe('connected');
    expect(await refusals('school/room-111')).toContainEqual(expect.stringMatching(/^certificate_expired: /));
    clock.set(0);
  });

  it('asks for its next certificate by itself, when half of the time of the present one is over', async () => {
    const first = joined('room-114');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const time = { now: Date.now() };
    const kept: Enrolment[] = [];
    const renewed = Promise.withResolvers<void>();
    const stop = startRenewal({
      ...{ enrolment: first, now: () => time.now, random: () => 0.5, log: pino({ level: 'silent' }) },
      renewed: (enrolment) => {
        kept.push(enrolment);
        renewed.resolve();
      },
    });
    await vi.advanceTimersByTimeAsync(3 * 3600 * 1000);
    expect(kept).toEqual([]);
    time.now += 100 * DAY_SECONDS * 1000;
    await vi.advanceTimersByTimeAsync(3600 * 1000);
    await renewed.promise;
    stop();
    expect(kept).toMatchObject([{ device: 'room-114', authority: first.authority }]);
    expect(kept[0]?.key).not.toBe(first.key);
    expect(await connects(kept[0] ?? first)).toBe('connected');
  });

  it('is out with its old certificate once it has joined anew', async () => {
    const before = joined('room-112');
    const after = joined('room-112');
    expect(await connects(before)).toMatch(/Not authorized/);
    expect(await connects(after)).toBe('connected');
    await expect(renewEnrolment(before)).rejects.toMatchObject({ code: 'certificate_revoked' });
    // A certificate alone is not enough: its key must sign the request.
    await expect(renewEnrolment({ ...after, key: before.key })).rejects.toMatchObject({ code: 'certificate_unknown' });
  });

  it('is not let in by a certificate of another site, be it for the very same device', async () => {
    const mine = joined('room-113');
    const validity = { notBefore: Date.now() - 1000, notAfter: Date.now() + 86_400_000 };
    const authority = await runX509Job<'authority'>({ kind: 'authority', site: 'school', validity });
    const { request, key } = await runX509Job<'request'>({ kind: 'request' });
    const name = { site: 'school', device: 'room-113', serial: `01${'00'.repeat(18)}` };
    const { certificate } = await runX509Job<'device'>({ kind: 'device', authority, request, ...name, validity });
    expect(await connects({ certificate, key })).toMatch(/Not authorized/);
    await expect(renewEnrolment({ ...mine, certificate, key })).rejects.toMatchObject({ code: 'certificate_unknown' });
    expect(await refusals('school/room-113')).toContainEqual(expect.stringMatching(/^certificate_unknown: /));
    // Nor by the gateway's own, which is for servers.
    const server = readFileSync(join(gateway.home, 'pki/server.pem'), 'utf8');
    expect(await connects({ certificate: server, key: server })).toMatch(/Not authorized/);
  });
});

describe('the list of revoked certificates', () => {
  const list = async (): Promise<Buffer> =>
    Buffer.from(await (await fetch(`http://127.0.0.1:${gateway.httpPort}/api/v1/ca.crl`)).arrayBuffer());

  it('tells others, who check by OpenSSL, which certificates are worth nothing any more', async () => {
    const openSsl = new OpenSsl();
    const certificates = new Certificates(gateway);
    const authority = certificates.ours.certificate;
    const verify = ({ certificate }: KeyPair, revocations: Buffer, atMs = Date.now()): string =>
      openSsl.verify(certificate, { authority, revocations, atMs });
    const kept = await certificates.joined('room-121');
    const revoked = await certificates.joined('room-122');
    const before = await certificates.joined('room-123');
    const first = await list();
    expect([kept, revoked, before].map((pair) => verify(pair, first))).toEqual(['ok', 'ok', 'ok']);
    expect((await list()).equals(first)).toBe(true);

    gateway.command('device', 'revoke', 'room-122');
    const after = await certificates.joined('room-123');
    const second = await list();
    const refused = 'certificate revoked';
    expect([kept, revoked, before, after].map((pair) => verify(pair, second))).toEqual([
      ...['ok', refused, refused, 'ok'],
    ]);
    const number = (text: Buffer): number => Number(/CRL Number: *\n *(\d+)/.exec(openSsl.describeList(text))?.[1]);
    expect(number(second)).toBeGreaterThan(number(first));
    // A list that nobody has fetched for a month tells nothing any more; the gateway then has a newer one.
    const month = 31 * DAY_SECONDS;
    expect(verify(kept, second, Date.now() + month * 1000)).toBe('CRL has expired');
    clock.set(month);
    const later = await list();
    clock.set(0);
    expect(verify(kept, later, Date.now() + month * 1000)).toBe('ok');
  });
});

/** As `enroll`, without blocking this process, in which the interceptor runs. */
async function enrollSlowly(options: { token: string; device: string; gateway: string }) {
  const home = temporaryDirectory();
  const args = ['enroll', '--gateway', options.gateway, '--token', options.token, '--device', options.device];
  const child = spawn(process.execPath, [program, ...args, '--home', home], {
    env: { ...process.env, LANG: 'C.UTF-8' },
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += String(chunk);
  });
  const status = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { status, stderr, home };
}
