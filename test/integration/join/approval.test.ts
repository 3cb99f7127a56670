import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { GATEWAY_NAME } from '../../../contract/gateway-name.ts';
import { limits } from '../../../contract/limits.ts';
import { type Enrolment, enrolmentFile, readEnrolment } from '../../../runtime/enrolment-file.ts';
import { homeAt, openHome } from '../../../runtime/home.ts';
import { pendingJoinFile, readPendingJoin } from '../../../runtime/join-request-file.ts';
import { readUnverified } from '../../../runtime/unverified-gateway-file.ts';
import { certificateRequest } from '../../gateway/join/certificate-requests.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';
import { root } from '../../tidy/sources.ts';
import { GatewayProcess } from '../agent/gateway-process.ts';
import { intercept } from './interceptor.ts';

const program = join(root, 'cli/campus-edge.js');
const env = { ...process.env, LANG: 'C.UTF-8', LC_ALL: '' };

interface ListedRequest {
  id: string;
  device: string;
  name_taken: boolean;
  code: string;
  address: string;
}

let dir: string;
let gateway: GatewayProcess;
let clock: FakeClock;
let fingerprint: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'campus-edge-approval-'));
  clock = new FakeClock(dir);
  const home = openHome(join(dir, 'gateway'));
  writeFileSync(home.configFile, 'gateway: { join: { requests: true } }\n');
  gateway = await GatewayProcess.start(home.dir, clock.env);
  fingerprint = onGateway('ca', 'fingerprint').stdout.trim().split('\n').at(-1) ?? '';
});

afterAll(async () => {
  await gateway?.end();
  rmSync(dir, { recursive: true });
});

/** A command on the gateway's machine, whose clock it has. */
function onGateway(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [program, ...args, '--home', gateway.home], {
    ...{ env: { ...env, ...clock.env }, encoding: 'utf8', timeout: 30_000 },
  });
}

function listed(): ListedRequest[] {
  return (JSON.parse(onGateway('join-request', 'list', '--json').stdout) as { join_requests: ListedRequest[] })
    .join_requests;
}

/** `campus-edge enroll` without a token, on another machine. */
class Enrolling {
  readonly home: string;
  readonly exited: Promise<number | null>;
  stderr = '';
  readonly #child: ChildProcess;

  constructor(options: { name: string; home?: string; gateway?: string }) {
    this.home = options.home ?? temporaryDirectory();
    const url = options.gateway ?? `https://127.0.0.1:${gateway.httpsPort}`;
    const args = ['enroll', '--gateway', url, '--ca-fingerprint', fingerprint, '--name', options.name];
    const child = spawn(process.execPath, [program, ...args, '--home', this.home], {
      ...{ env, stdio: ['ignore', 'ignore', 'pipe'] },
    });
    child.stderr.on('data', (chunk: Buffer) => {
      this.stderr += String(chunk);
    });
    this.exited = new Promise((resolve) => child.once('close', resolve));
    this.#child = child;
    onTestFinished(() => void child.kill('SIGKILL'));
  }

  /** The verification code, once it is shown. */
  code(): Promise<string> {
    return until('the code is shown', () => /code: {2}([\w-]{9})\n/.exec(this.stderr)?.[1], { timeoutMs: 30_000 });
  }

  interrupt(): void {
    this.#child.kill('SIGINT');
  }

  get enrolment(): Enrolment | undefined {
    return readEnrolment(homeAt(this.home));
  }
}

/** Whether the broker lets somebody in by these. */
async function connects({ certificate, key }: Enrolment): Promise<string> {
  const client = connect(`mqtts://127.0.0.1:${gateway.mqttsPort}`, {
    ca: readFileSync(join(gateway.home, 'pki/ca.crt')),
    ...{ cert: certificate, key, servername: GATEWAY_NAME, protocolVersion: 4, reconnectPeriod: 0 },
  });
  onTestFinished(() => void client.end(true));
  return new Promise((resolve) => {
    client.once('connect', () => resolve('connected'));
    client.once('error', (error) => resolve(error.message));
    client.once('close', () => resolve('closed'));
  });
}

async function auditOf(target: string): Promise<string[]> {
  const { audit } = await gateway.get<{ audit: { action: string; target: string; outcome: string }[] }>(
    'audit?limit=200',
  );
  return audit.filter((row) => row.target === target).map(({ action, outcome }) => `${action} ${outcome}`);
}

/** One request to join, as a program sends it from an address of its own. */
function announceFrom(localAddress: string): Promise<number> {
  const body = JSON.stringify({
    ...{ secret: randomBytes(32).toString('base64url'), device: 'flood', request: certificateRequest },
  });
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        ...{ host: '127.0.0.1', port: gateway.httpPort, path: '/api/v1/join/requests', method: 'POST', localAddress },
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

describe('a machine without a token', () => {
  it('waits, over Ctrl-C as well, and is let in by the code that it shows, under the name that it is given', async () => {
    const first = new Enrolling({ name: 'room-201' });
    const code = await first.code();
    expect(statSync(pendingJoinFile(homeAt(first.home))).mode & 0o777).toBe(0o600);
    const { key } = readPendingJoin(homeAt(first.home)) ?? {};
    first.interrupt();
    expect(await first.exited).toBe(1);
    expect(first.stderr).toContain('run the same command again');

    const again = new Enrolling({ name: 'room-201', home: first.home });
    expect(await again.code()).toBe(code);
    expect(listed()).toMatchObject([{ device: 'room-201', name_taken: false, code, address: '127.0.0.1' }]);
    const approved = onGateway('join-request', 'approve', code.toLowerCase().replace('-', ''), '--name', 'room-202');
    expect(approved).toMatchObject({ status: 0, stderr: '' });
    expect(await again.exited).toBe(0);
    expect(again.enrolment).toMatchObject({ site: 'school', device: 'room-202', key });
    expect(statSync(enrolmentFile(homeAt(first.home))).mode & 0o777).toBe(0o600);
    expect(existsSync(pendingJoinFile(homeAt(first.home)))).toBe(false);
    expect(listed()).toEqual([]);
    expect(await connects(again.enrolment as Enrolment)).toBe('connected');
    expect(await auditOf('school/room-201')).toEqual(['device.announce ok']);
    expect(await auditOf('school/room-202')).toEqual(['device.join ok', 'device.approve ok']);
    onGateway('device', 'revoke', 'room-202');
    expect(await connects(again.enrolment as Enrolment)).toMatch(/Not authorized/);
  });

  it('is told when it is rejected, and asks with another key then', async () => {
    const turnedAway = new Enrolling({ name: 'room-203' });
    const code = await turnedAway.code();
    expect(onGateway('join-request', 'reject', code)).toMatchObject({ status: 0, stderr: '' });
    expect(await turnedAway.exited).toBe(1);
    expect(turnedAway.stderr).toMatch(/campus-edge: join_request_rejected: request r-/);
    expect(turnedAway.enrolment).toBeUndefined();
    const again = new Enrolling({ name: 'room-203', home: turnedAway.home });
    const otherCode = await again.code();
    expect(otherCode).not.toBe(code);
    onGateway('join-request', 'reject', otherCode);
    expect(await again.exited).toBe(1);
    expect(onGateway('join-request', 'approve', code)).toMatchObject({
      ...{ status: 1, stderr: expect.stringMatching(/not_found/) },
    });
  });

  it('cannot have the name of a device that is there, and can have another', async () => {
    gateway.command('device', 'add', 'room-204');
    const asking = new Enrolling({ name: 'room-204' });
    const code = await asking.code();
    expect(listed()).toMatchObject([{ device: 'room-204', name_taken: true }]);
    const refused = onGateway('join-request', 'approve', code);
    expect(refused).toMatchObject({ status: 1, stderr: expect.stringMatching(/already_exists: school\/room-204/) });
    expect(listed()).toHaveLength(1);
    expect(onGateway('join-request', 'approve', code, '--name', 'room-205')).toMatchObject({ status: 0 });
    expect(await asking.exited).toBe(0);
    expect(asking.enrolment?.device).toBe('room-205');
  });

  it('is told when its day is over', async () => {
    const late = new Enrolling({ name: 'room-206' });
    const code = await late.code();
    onTestFinished(() => clock.set(0));
    clock.set(limits.joinRequestMs / 1000 + 60);
    expect(await late.exited).toBe(1);
    expect(late.stderr).toMatch(/campus-edge: join_request_expired: /);
    expect(listed()).toEqual([]);
    expect(onGateway('join-request', 'approve', code).stderr).toMatch(/^campus-edge: not_found: /);
    // By the clock of the other tests it still waits.
    clock.set(0);
    expect(onGateway('join-request', 'reject', code).status).toBe(0);
  });

  it.each(['passes the real authority on', 'shows an authority of its own'])(
    'asks nothing of somebody in between, who %s',
    async (how) => {
      const own = how.startsWith('shows')
        ? (certificate: string) => JSON.stringify({ site: 'school', certificate, fingerprint: 'A'.repeat(43) })
        : undefined;
      const between = await intercept(`http://127.0.0.1:${gateway.httpPort}`, own);
      const victim = new Enrolling({ name: 'room-207', gateway: between.url });
      expect(await victim.exited).toBe(1);
      expect(victim.stderr).toMatch(/campus-edge: gateway_not_verified: .*nothing secret was sent/);
      expect(between.seen).toEqual(['GET /api/v1/ca ']);
      expect(listed()).toEqual([]);
      // The gateway has seen nothing of it, and is told by the machine once that is let in.
      const name = own === undefined ? 'room-207' : 'room-210';
      const joining = new Enrolling({ name, home: victim.home });
      const code = await joining.code();
      expect(await auditOf(`school/${name}`)).toEqual(['device.announce ok']);
      expect(onGateway('join-request', 'approve', code)).toMatchObject({ status: 0 });
      expect(await joining.exited).toBe(0);
      expect(await auditOf(`school/${name}`)).toEqual([
        ...['device.join ok', 'device.join refused', 'device.approve ok', 'device.announce ok'],
      ]);
      const { audit } = await gateway.get<{ audit: { detail: string }[] }>('audit?outcome=refused&limit=1');
      expect(audit[0]?.detail).toContain(`gateway_not_verified: what answered for ${between.url} was not this gateway`);
      expect(readUnverified(homeAt(victim.home))).toBeUndefined();
    },
  );

  it('finds a place though somebody has taken all, who loses one; the refusals are counted', async () => {
    const addresses = Array.from(
      { length: limits.joinRequests / limits.joinRequestsPerAddress },
      (_, index) => `127.0.0.${index + 10}`,
    );
    for (const address of addresses) {
      for (let one = 0; one < limits.joinRequestsPerAddress; one++) expect(await announceFrom(address)).toBe(202);
    }
    expect(await announceFrom('127.0.0.10')).toBe(429);
    const newcomer = new Enrolling({ name: 'room-208' });
    const code = await newcomer.code();
    const waiting = listed();
    expect(waiting).toHaveLength(limits.joinRequests);
    expect(waiting.filter(({ device }) => device === 'room-208')).toHaveLength(1);
    expect(await auditOf('school/room-208')).toEqual(['device.announce ok']);
    const metrics = await (await fetch(`http://localhost:${gateway.httpPort}/metrics`)).text();
    expect(metrics).toContain('campus_join_requests 100');
    expect(metrics).toContain('campus_refusals_total{action="join-request",code="join_requests_full"} 2');
    onGateway('join-request', 'reject', code);
    expect(await newcomer.exited).toBe(1);
  });
});

it('a gateway that was not told to let devices ask says so, to them and to its administrator', async () => {
  await gateway.end();
  const { configFile } = homeAt(gateway.home);
  writeFileSync(configFile, 'site: school\n');
  await gateway.run();
  const asking = new Enrolling({ name: 'room-209' });
  expect(await asking.exited).toBe(1);
  expect(asking.stderr).toMatch(/campus-edge: join_requests_off: .*join-token create/);
  for (const args of [['list'], ['approve', '7K3M-9QXW'], ['reject', '7K3M-9QXW']]) {
    const { status, stderr } = onGateway('join-request', ...args);
    expect({ status, stderr }).toEqual({
      ...{ status: 1, stderr: expect.stringMatching(/^campus-edge: join_requests_off: .*gateway\.join\.requests/) },
    });
  }
});
