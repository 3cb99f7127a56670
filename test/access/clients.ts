import type { Role } from '../../gateway/access/roles.ts';
import { roles } from '../../gateway/access/roles.ts';
import type { TokenScope } from '../../gateway/access/token-scopes.ts';
import { openAdmin } from '../../gateway/admin.ts';
import { openHome, readCredentials } from '../../runtime/home.ts';
import type { Gateway } from '../faults/machine/gateway.ts';
import { Connection, type ConnectionOptions } from '../faults/mqtt/connection.ts';
import { example } from './topic-cases.ts';

/** A kind of MQTT client: one row of the matrix. */
export interface MqttClient {
  kind: string;
  /** Connects as this kind does. @throws Error when it is refused */
  open: (options: Pick<ConnectionOptions, 'clientId' | 'onPuback'>) => Promise<Connection>;
  /** The column of docs/access.md that tells what it may do; absent for one that is refused at CONNECT. */
  column?: 'device' | 'flows';
}

/** A kind of HTTP client: one row of the matrix. */
export interface HttpClient {
  kind: string;
  headers: Record<string, string>;
  /** The column of docs/access.md; absent for one that is nobody. */
  column?: Role;
  /** What its token is narrowed to. */
  scopes?: readonly TokenScope[];
}

const HOUR_MS = 3600_000;
const PASSWORD = 'correct horse';
/** A proxy's: what comes through one is not of this machine. */
const proxied = { 'x-forwarded-for': '192.0.2.1' };

/** Makes accounts of every kind that speaks MQTT. */
export async function mqttClients(gateway: Gateway): Promise<MqttClient[]> {
  const { site, device, other } = example;
  const home = openHome(gateway.home);
  const admin = openAdmin(home, { now: Date.now, actor: 'test' });
  const right = await admin.addDevice({ site, device });
  await admin.addDevice({ site, device: other });
  const revoked = await admin.addDevice({ site, device: 'room-9' });
  admin.revokeDevice({ site, device: 'room-9' });
  const rotated = await admin.addDevice({ site, device: 'room-8' });
  await admin.rotateDevice({ site, device: 'room-8' });
  await admin.addUser({ name: 'ann', role: 'admin', password: PASSWORD });
  const token = admin.createToken({ name: 'mqtt', role: 'admin' });
  admin.close();
  const flows = readCredentials(home, 'flows') ?? { username: '', password: '' };
  const by = (username: string, password: string): Pick<MqttClient, 'open'> => ({
    open: (options) => Connection.open({ port: gateway.mqttPort, account: { username, password }, ...options }),
  });
  return [
    { kind: 'nobody', ...by('', '') },
    { kind: 'a wrong password', ...by(right.username, 'wrong') },
    { kind: 'a name that there is not', ...by(`${site}/nobody`, right.password) },
    { kind: 'the password of another device', ...by(`${site}/${other}`, right.password) },
    { kind: 'a revoked account', ...by(revoked.username, revoked.password) },
    { kind: 'a password that was replaced', ...by(rotated.username, rotated.password) },
    { kind: 'a person', ...by('ann', PASSWORD) },
    { kind: "a program's token", ...by('mqtt', token.secret) },
    { kind: 'a device', ...by(right.username, right.password), column: 'device' },
    { kind: 'the flows', ...by(flows.username, flows.password), column: 'flows' },
  ];
}

/** Makes accounts of every kind that speaks HTTP. */
export async function httpClients(gateway: Gateway): Promise<HttpClient[]> {
  const home = openHome(gateway.home);
  const admin = openAdmin(home, { now: Date.now, actor: 'test' });
  const before = openAdmin(home, { now: () => Date.now() - 2 * HOUR_MS, actor: 'test' });
  const expired = before.createToken({ name: 'expired', role: 'admin', lifeMs: HOUR_MS });
  before.close();
  const revoked = admin.createToken({ name: 'revoked', role: 'admin' });
  admin.revokeToken('revoked');
  const device = await admin.addDevice({ site: example.site, device: 'room-7' });
  const narrow = (role: Role, scope: TokenScope): HttpClient => ({
    kind: `a token of the role ${role} with the scope ${scope}`,
    headers: bearer(admin.createToken({ role, scopes: [scope] }).secret),
    column: role,
    scopes: [scope],
  });
  const clients: HttpClient[] = [
    { kind: 'nobody', headers: { ...proxied } },
    { kind: 'a token that there is not', headers: bearer('cet_wrong') },
    { kind: 'a revoked token', headers: bearer(revoked.secret) },
    { kind: 'an expired token', headers: bearer(expired.secret) },
    { kind: "a device's password", headers: bearer(device.password) },
    { kind: 'a session that there is not', headers: { ...proxied, cookie: 'campus_session=wrong' } },
    narrow('admin', 'metrics'),
    narrow('viewer', 'measurements'),
    narrow('auditor', 'audit'),
    narrow('auditor', 'devices'),
    ...roles.map(
      (role): HttpClient => ({
        kind: `a token of the role ${role}`,
        headers: bearer(admin.createToken({ role }).secret),
        column: role,
      }),
    ),
  ];
  for (const role of roles) await admin.addUser({ name: `person-${role}`, role, password: PASSWORD });
  admin.close();
  for (const role of roles)
    clients.push({
      kind: `a person of the role ${role}`,
      headers: await signIn(gateway, `person-${role}`),
      column: role,
    });
  return clients;
}

function bearer(secret: string): Record<string, string> {
  return { ...proxied, authorization: `Bearer ${secret}` };
}

async function signIn(gateway: Gateway, username: string): Promise<Record<string, string>> {
  const response = await fetch(`http://127.0.0.1:${gateway.httpPort}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: PASSWORD }),
  });
  const cookie = response.headers.get('set-cookie')?.split(';')[0];
  if (cookie === undefined) throw new Error(`${username} cannot sign in: ${response.status} ${await response.text()}`);
  return { ...proxied, cookie };
}
