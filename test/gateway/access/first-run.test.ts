import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { Authenticator } from '../../../gateway/access/authenticator.ts';
import { DeviceAccounts } from '../../../gateway/access/device-accounts.ts';
import { prepareFirstRun } from '../../../gateway/access/first-run.ts';
import { secretCost } from '../../../gateway/access/password-hash.ts';
import { People } from '../../../gateway/access/people.ts';
import { passwordGateLimits, secretGateLimits, WorkGate } from '../../../gateway/access/work-gate.ts';
import type { Registry } from '../../../gateway/registry/registry.ts';
import { credentialsFile, type Home, openHome, ownCredentialsFile } from '../../../runtime/home.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { temporaryRegistry } from '../registry/temporary-registry.ts';

let home: Home;
let registry: Registry;
let people: People;
let authenticator: Authenticator;
let prepare: (site?: string, agentDevice?: string) => Promise<{ adminPassword?: string }>;

beforeEach(() => {
  home = openHome(temporaryDirectory());
  const temporary = temporaryRegistry();
  registry = temporary.registry;
  const { now } = temporary.clock;
  const { users, credentials } = registry;
  const accounts = new DeviceAccounts({ credentials, now });
  people = new People({ users, gate: new WorkGate(passwordGateLimits), now, cost: secretCost });
  authenticator = new Authenticator({ credentials, gate: new WorkGate(secretGateLimits) });
  prepare = (site = 'school', agentDevice = 'box') =>
    prepareFirstRun({ home, credentials, users, accounts, people, site, agentDevice, now });
});

const stored = (process: 'agent' | 'flows') => JSON.parse(readFileSync(credentialsFile(home, process), 'utf8'));
const signsIn = async (process: 'agent' | 'flows') => {
  const { username, password } = stored(process);
  return authenticator.authenticate(username, password);
};

test('a first start makes an administrator and credentials that hold, for their owners only', async () => {
  const { adminPassword } = await prepare();
  expect(await people.verify('admin', adminPassword ?? '')).toMatchObject({ role: 'admin' });
  expect(stored('agent')).toMatchObject({ site: 'school', username: 'school/box' });
  expect(await signsIn('agent')).toMatchObject({ kind: 'device', device: 'box' });
  expect(await signsIn('flows')).toMatchObject({ kind: 'flows', site: 'school' });
  expect(statSync(credentialsFile(home, 'agent')).mode & 0o777).toBe(0o600);
});

test('what an older version handed over goes on to be good, in its new place', async () => {
  await prepare();
  const old = stored('flows');
  rmSync(credentialsFile(home, 'flows'));
  writeFileSync(ownCredentialsFile(home, 'flows'), JSON.stringify(old));
  await prepare();
  expect(stored('flows')).toEqual(old);
  expect(existsSync(ownCredentialsFile(home, 'flows'))).toBe(false);
});

test('a second start changes nothing', async () => {
  await prepare();
  const before = [stored('agent'), stored('flows')];
  expect(await prepare()).toEqual({});
  expect([stored('agent'), stored('flows')]).toEqual(before);
});

test('another site or agent gets new credentials, and the old ones end', async () => {
  await prepare();
  const old = { agent: stored('agent'), flows: stored('flows') };
  await prepare('annex', 'box-2');
  expect(stored('agent')).toMatchObject({ site: 'annex', username: 'annex/box-2' });
  expect(await signsIn('agent')).toMatchObject({ site: 'annex', device: 'box-2' });
  expect(await signsIn('flows')).toMatchObject({ kind: 'flows', site: 'annex' });
  for (const { username, password } of Object.values(old)) {
    expect(await authenticator.authenticate(username, password)).toBeUndefined();
  }
});

test.each([
  ['not JSON', 'garbage'],
  ['of another shape', '{"user":1}'],
  ['of a wrong password', '{"site":"school","username":"school/box","password":"x"}'],
])('a file that is %s is replaced', async (_what, text) => {
  await prepare();
  writeFileSync(credentialsFile(home, 'agent'), text);
  await prepare();
  expect(await signsIn('agent')).toMatchObject({ device: 'box' });
});

test('credentials of a registry that was lost are made anew', async () => {
  await prepare();
  registry.credentials.revoke('school/flows', 1);
  await prepare();
  expect(await signsIn('flows')).toMatchObject({ kind: 'flows' });
});

test('a user who is no administrator does not stand in for one', async () => {
  await people.add({ name: 'bob', role: 'viewer', password: 'correct horse' });
  expect((await prepare()).adminPassword).toBeDefined();
});

test('an administrator of another name does', async () => {
  await people.add({ name: 'ann', role: 'admin', password: 'correct horse' });
  expect(await prepare()).toEqual({});
  expect(registry.users.list().map(({ name }) => name)).toEqual(['ann']);
});
