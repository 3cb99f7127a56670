import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { connect } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { homeAt } from '../../../runtime/home.ts';
import { Product } from '../../support/product.ts';
import { until } from '../../support/until.ts';
import { declaredRoutes } from '../../tidy/reference/api.ts';
import { root } from '../../tidy/sources.ts';
import { secretsIn, secretsOf, secretsOfBox } from './known-secrets.ts';

const program = join(root, 'cli/campus-edge.js');
/** Answers of these are made to be read by one person, once, or are the whole home by their nature. */
const notAsked = ['/api/v1/backups/:name', '/api/v1/stream'];

/** Everything that has secrets happens once before the tests; a busy machine takes its time for it. */
const PREPARATION_MS = 240_000;

const dir = mkdtempSync(join(tmpdir(), 'campus-edge-secrets-'));
const boxHome = homeAt(join(dir, 'box'));
const secrets = new Map<string, string>();
/** What somebody tried and mistyped: it may be the password of another place. */
const tried = new Map([
  ['a wrong password', 'correct-horse-battery-staple'],
  ['a wrong password of a device', 'donkey-battery-staple-wrong'],
  ['a wrong token', `cet_${'wrong-'.repeat(7)}w`],
]);
let product: Product;
let agent: ChildProcess;
let agentLog = '';
let cookie = '';

const url = (path: string): string => `http://127.0.0.1:${product.httpPort}${path}`;
const post = (path: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url(path), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

/** Runs a command to its end. What the gateway closes meanwhile is noticed before anything is asked on it. */
async function command(...args: string[]): Promise<string> {
  const { stdout } = product.command(...args);
  await setImmediate();
  return stdout;
}

/** Asks for something that is shown this once, and keeps it; nothing else that is secret comes with it. */
async function handedOver(what: string, path: string, body: object): Promise<string> {
  const answer = (await (await post(path, body, { cookie })).json()) as { token?: string; password?: string };
  const secret = answer.token ?? answer.password ?? '';
  expect(secretsIn(JSON.stringify(answer), secrets)).toEqual([]);
  secrets.set(what, secret);
  return secret;
}

/** Tries to sign in at the broker; true for who is let in. */
function reports(username: string, password: string): Promise<boolean> {
  const client = connect(`mqtt://127.0.0.1:${product.mqttPort}`, { username, password, reconnectPeriod: 0 });
  return new Promise((resolve) => {
    client.once('connect', () => {
      client.publish('campus/v1/school/projector-1/telemetry', '{"metrics":[]}', { qos: 1 }, () => client.end(true));
      resolve(true);
    });
    client.once('error', () => resolve(false));
  });
}

beforeAll(async () => {
  const home = join(dir, 'gateway');
  for (const made of [home, boxHome.dir]) {
    mkdirSync(made, { mode: 0o700 });
    writeFileSync(homeAt(made).configFile, 'log: { level: debug }\n', { mode: 0o600 });
  }
  product = await Product.prepare({ home });
  product.run();
  await product.ready(60_000);
  await until('flows are ready', () => product.output.includes('flows are ready'), { timeoutMs: 40_000 });
  for (const [what, secret] of secretsOf(homeAt(home))) secrets.set(what, secret);
  secrets.set('the first password', product.password);

  const signIn = (password: string) => post('/api/v1/session', { username: 'admin', password });
  expect((await signIn(tried.get('a wrong password') ?? '')).status).toBe(401);
  cookie = (await signIn(product.password)).headers.get('set-cookie')?.split(';')[0] ?? '';
  secrets.set('the session', cookie.split('=')[1] ?? '');
  const wrongToken = { authorization: `Bearer ${tried.get('a wrong token')}` };
  expect((await fetch(url('/api/v1/devices'), { headers: wrongToken })).status).toBe(401);

  const user = JSON.parse(await command('user', 'add', 'wang', '--role', 'viewer', '--generate', '--json'));
  secrets.set('a user’s password', user.password);
  const token = (await command('token', 'create', '--role', 'admin', '--name', 'one')).trim().split('\n').at(-1);
  secrets.set('a token of the command line', token ?? '');
  await handedOver('a token of the API', '/api/v1/tokens', { name: 'two', role: 'viewer' });
  const password = await handedOver('a device’s password', '/api/v1/device-accounts', { device: 'projector-1' });
  expect(await reports('school/projector-1', tried.get('a wrong password of a device') ?? '')).toBe(false);
  expect(await reports('school/projector-1', password)).toBe(true);

  // The first part of a join token is the hash of the authority, which is no secret.
  const join_token = await handedOver('a join token', '/api/v1/join-tokens', { device: 'room-101' });
  secrets.set('a join token', join_token.slice(-22));
  const gateway = ['--gateway', `https://127.0.0.1:${product.httpsPort}`];
  const enrolled = spawnSync(process.execPath, [program, 'enroll', ...gateway, '--token', '-', '--home', boxHome.dir], {
    input: `${join_token}\n`,
    encoding: 'utf8',
  });
  await setImmediate();
  expect(enrolled.stderr).toBe('');
  for (const [what, secret] of secretsOfBox(boxHome)) secrets.set(what, secret);
  agent = spawn(process.execPath, [program, 'agent', '--home', boxHome.dir], { stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [agent.stdout, agent.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      agentLog += String(chunk);
    });
  }
  const boxReports = async (): Promise<boolean> => {
    const { devices } = await product.get<{ devices: { id: string; online: boolean }[] }>('devices');
    return devices.some(({ id, online }) => id === 'room-101' && online);
  };
  await until('the box reports', boxReports, { timeoutMs: 60_000 });

  // A secret that an administrator gives to a node of his own.
  secrets.set('a node’s password', 'pw-of-somebodys-own-server');
  const credentials = { user: 'me', password: secrets.get('a node’s password') };
  const deployed = await post(
    '/flows/flows',
    [
      { id: 'own', type: 'tab', label: 'own' },
      { id: 'asks', type: 'http request', z: 'own', method: 'GET', authType: 'basic', credentials, wires: [[]] },
    ],
    { cookie },
  );
  expect(deployed.status).toBe(204);
}, PREPARATION_MS);

afterAll(async () => {
  agent?.kill('SIGKILL');
  await product?.stop();
  rmSync(dir, { recursive: true, force: true });
});

describe('no secret', () => {
  it('is missing from this test', () => {
    expect(secrets.size).toBeGreaterThanOrEqual(15);
    for (const [what, secret] of secrets) expect(secret.length, what).toBeGreaterThanOrEqual(12);
    for (const [what, secret] of secrets) expect(secretsIn(`{"msg":"got ${secret}"}`, secrets), what).toEqual([what]);
    const key = JSON.stringify({ msg: readFileSync(join(product.home, 'pki/ca.key'), 'utf8') });
    expect(secretsIn(key, secrets)).toEqual(['the key of the site’s authority']);
    const inBase64 = Buffer.from(`admin:${product.password}`).toString('base64');
    expect(secretsIn(`authorization: Basic ${inBase64}`, secrets)).toEqual(['the first password']);
  });

  it('is in a log, at the level debug, nor what somebody mistyped', () => {
    expect(product.output).toContain('"level":20');
    const lines = `${product.output}\n${agentLog}`.split('\n').filter((line) => !/^ +(Password|密码)/.test(line));
    expect(secretsIn(lines.join('\n'), new Map([...secrets, ...tried]))).toEqual([]);
    expect(product.output.split(product.password)).toHaveLength(2);
  });

  it('is in an answer of the API', async () => {
    const routes = (await declaredRoutes()).filter(({ method, path }) => method === 'GET' && !notAsked.includes(path));
    const paths = routes.map(({ path }) => path.replace(/:id/, 'room-101').replace(/:\w+/g, 'wang').replace('*', ''));
    const asked = [
      ...paths,
      '/api/v1/latest?measurement=system',
      '/api/v1/audit?limit=500',
      '/flows/flows',
      '/flows/settings',
      '/flows/credentials/http-request/asks',
    ];
    let answers = '';
    let good = 0;
    for (const path of asked) {
      for (const headers of [{ cookie }, { 'x-nobody': '1' }]) {
        const response = await fetch(url(path), { headers, redirect: 'manual' });
        if (response.ok) good += 1;
        answers += `${path} ${JSON.stringify([...response.headers])}\n${await response.text()}\n`;
      }
    }
    expect(good).toBeGreaterThan(25);
    expect(secretsIn(answers, new Map([...secrets, ...tried]))).toEqual([]);
  });

  it('is on a command line or in an environment, which others may read', () => {
    const gateway = product.pid('gateway');
    const parent = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${gateway}/status`, 'utf8'))?.[1]);
    for (const pid of [parent, gateway, product.pid('agent'), product.pid('flows'), agent.pid]) {
      const text = ['cmdline', 'environ'].map((name) => readFileSync(`/proc/${pid}/${name}`, 'utf8')).join('\0');
      expect(text).toContain('campus-edge.js');
      expect(secretsIn(text, secrets), text.split('\0').slice(0, 12).join(' ')).toEqual([]);
    }
  });

  it('is in a file but its own, which nobody else may read', () => {
    const found = new Map<string, string[]>();
    for (const home of [product.home, boxHome.dir]) {
      expect(statSync(home).mode & 0o077).toBe(0);
      for (const entry of readdirSync(home, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name);
        const stat = statSync(path, { throwIfNoEntry: false });
        // Files of a moment, such as those of a checkpoint, may be gone.
        if (stat === undefined) continue;
        expect(`${path} ${(stat.mode & 0o077).toString(8)}`).toBe(`${path} 0`);
        if (!entry.isFile()) continue;
        for (const what of secretsIn(readFileSync(path, 'latin1'), secrets)) {
          found.set(what, [...(found.get(what) ?? []), relative(dir, path)]);
        }
      }
    }
    expect(Object.fromEntries(found)).toEqual({
      'the MQTT password of the agent': ['gateway/credentials/agent/mqtt.json'],
      'the MQTT password of the flows': ['gateway/credentials/flows/mqtt.json'],
      'the secret of the editor': ['gateway/credentials/flows/editor.secret'],
      'the key of the nodes’ secrets': ['gateway/flows/node-secrets.key'],
      'the key of the site’s authority': ['gateway/pki/ca.key'],
      'the key of the gateway’s certificate': ['gateway/pki/server.pem'],
      'the key of the pseudonyms': ['gateway/gateway/pseudonym-keys.json'],
      'the key of the box': ['box/agent/enrolment.json'],
    });
  });
});
