import { Agent, type IncomingMessage, request as requestInClear } from 'node:http';
import { request as requestByTls, Agent as TlsAgent } from 'node:https';
import { GATEWAY_NAME } from '../../contract/gateway-name.ts';
import type { Role } from '../../gateway/access/roles.ts';
import type { TokenScope } from '../../gateway/access/token-scopes.ts';
import { type Admin, openAdmin, registryFile } from '../../gateway/admin.ts';
import { openDatabase } from '../../gateway/registry/database.ts';
import { Sessions } from '../../gateway/registry/sessions.ts';
import { openHome } from '../../runtime/home.ts';
import type { KeyPair } from '../../runtime/x509/jobs.ts';
import type { Gateway } from '../faults/machine/gateway.ts';
import { Certificates } from './certificates.ts';
import type { HttpKindName } from './kinds.ts';
import { example } from './topic-cases.ts';

/** What one client of a kind sends with each request, and shows of itself by TLS. */
export interface HttpClient {
  headers: Record<string, string>;
  certificate?: KeyPair;
}

/** The ways to the API. */
export const httpWays = ['HTTP', 'HTTPS'] as const;
export type HttpWay = (typeof httpWays)[number];

const HOUR_MS = 3600_000;
const PASSWORD = 'correct horse';
/** A proxy's: what comes through one is not of this machine. */
const proxied = { 'x-forwarded-for': '192.0.2.1' };

/** Makes one client of every kind that speaks HTTP. @param way their names are told apart by, for they end what they use */
export async function httpClients(gateway: Gateway, way: HttpWay): Promise<Record<HttpKindName, HttpClient>> {
  const admin = openAdmin(openHome(gateway.home), { now: Date.now, actor: 'test' });
  const clients = {
    nobody: { headers: proxied },
    'a program on this machine': { headers: {} },
    'the certificate of a device': {
      headers: proxied,
      certificate: await new Certificates(gateway).joined(`device-${way.toLowerCase()}`),
    },
    ...(await byToken(gateway, admin, way)),
    ...(await byPassword(gateway, admin, way)),
  };
  admin.close();
  return clients;
}

/** Programs, and what else somebody may send in place of a token. */
async function byToken(gateway: Gateway, admin: Admin, way: HttpWay) {
  const before = openAdmin(openHome(gateway.home), { now: () => Date.now() - 2 * HOUR_MS, actor: 'test' });
  const expired = before.createToken({ role: 'admin', lifeMs: HOUR_MS });
  before.close();
  const revoked = admin.createToken({ role: 'admin' });
  admin.revokeToken(revoked.id);
  const device = await admin.addDevice({ site: example.site, device: `simple-${way.toLowerCase()}` });
  const token = (role: Role, ...scopes: TokenScope[]): HttpClient => bearer(admin.createToken({ role, scopes }).secret);
  return {
    'a token that there is not': bearer('cet_wrong'),
    'a revoked token': bearer(revoked.secret),
    'an expired token': bearer(expired.secret),
    'a join token': bearer(admin.createJoinToken({ device: undefined, lifeMs: HOUR_MS }).text),
    'the password of a device': bearer(device.password),
    'a token narrowed to metrics': token('admin', 'metrics'),
    'a token narrowed to measurements': token('viewer', 'measurements'),
    'a token narrowed to audit': token('auditor', 'audit'),
    'a token narrowed to what its role may not': token('auditor', 'devices'),
    'a token of a viewer': token('viewer'),
    'a token of an operator': token('operator'),
    'a token of an admin': token('admin'),
    'a token of an auditor': token('auditor'),
  };
}

/** People, and what was a person's session. */
async function byPassword(gateway: Gateway, admin: Admin, way: HttpWay) {
  const named = async (name: string, role: Role = 'admin'): Promise<string> => {
    const full = `${name}-${way.toLowerCase()}`;
    await admin.addUser({ name: full, role, password: PASSWORD });
    return full;
  };
  const comeIn = async (name: string, role: Role): Promise<HttpClient> => signIn(gateway, way, await named(name, role));
  const ended = await comeIn('ended', 'admin');
  await ask(gateway, way, ended, { method: 'DELETE', path: '/api/v1/session' });
  const [changed, removed] = [await named('changed'), await named('removed')];
  const clients = {
    'a wrong password': await signIn(gateway, way, await named('wrong'), 'wrong horse'),
    'a right password that is sent with each request': basic(await named('basic')),
    'a session that there is not': cookie('campus_session=wrong'),
    'a session that was ended': ended,
    'a session that nobody has used for a day': idleSession(gateway, await named('idle')),
    'a session from before the password was changed': await signIn(gateway, way, changed),
    'a session of somebody who was removed': await signIn(gateway, way, removed),
    'a viewer': await comeIn('viewer', 'viewer'),
    'an operator': await comeIn('operator', 'operator'),
    'an admin': await comeIn('admin', 'admin'),
    'an auditor': await comeIn('auditor', 'auditor'),
  };
  await admin.setPassword({ name: changed, password: `${PASSWORD} battery` });
  admin.removeUser(removed);
  return clients;
}

function bearer(secret: string): HttpClient {
  return { headers: { ...proxied, authorization: `Bearer ${secret}` } };
}

function basic(name: string): HttpClient {
  const encoded = Buffer.from(`${name}:${PASSWORD}`).toString('base64');
  return { headers: { ...proxied, authorization: `Basic ${encoded}` } };
}

function cookie(text: string): HttpClient {
  return { headers: { ...proxied, cookie: text } };
}

/** Begins a session a day ago. */
function idleSession({ home }: Gateway, name: string): HttpClient {
  const db = openDatabase(registryFile(openHome(home)));
  const secret = new Sessions(db).begin(name, Date.now() - 24 * HOUR_MS);
  db.close();
  return cookie(`campus_session=${secret}`);
}

/** What somebody has after he has tried to sign in. */
async function signIn(gateway: Gateway, way: HttpWay, username: string, password = PASSWORD): Promise<HttpClient> {
  const body = JSON.stringify({ username, password });
  const asked = { method: 'POST', path: '/api/v1/session', body };
  const { statusCode, headers } = await ask(gateway, way, { headers: {} }, asked);
  if ((statusCode === 200) !== (password === PASSWORD)) throw new Error(`${username} signs in: ${statusCode}`);
  return cookie(headers['set-cookie']?.[0]?.split(';')[0] ?? '');
}

/** A handshake for each of a thousand requests would take most of the time. */
const agents = { HTTP: new Agent({ keepAlive: true }), HTTPS: new TlsAgent({ keepAlive: true }) };

/** Asks once and returns the head of the answer. A stream, which has no end, is left. */
export function ask(
  gateway: Gateway,
  way: HttpWay,
  { headers, certificate }: HttpClient,
  { method, path, body }: { method: string; path: string; body?: string },
): Promise<IncomingMessage> {
  const shown = certificate === undefined ? {} : { cert: certificate.certificate, key: certificate.key };
  const tls = { ...{ ca: new Certificates(gateway).ours.certificate, servername: GATEWAY_NAME }, ...shown };
  const options = {
    ...{ method, path, host: '127.0.0.1', agent: agents[way] },
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
  };
  const request =
    way === 'HTTP'
      ? requestInClear({ ...options, port: gateway.httpPort })
      : requestByTls({ ...options, ...tls, port: gateway.httpsPort });
  return new Promise((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response) => {
      if (response.headers['content-type']?.startsWith('text/event-stream')) response.destroy();
      response.resume().once('close', () => resolve(response));
    });
    request.end(body);
  });
}
