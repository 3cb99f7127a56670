import { existsSync } from 'node:fs';
import { enrolmentFile } from '../../runtime/enrolment-file.ts';
import type { Home, ProcessCredentials } from '../../runtime/home.ts';
import { editorSecret, handedOver, handOver, isHandedOverOld } from '../hand-over.ts';
import { type AccountOwner, type Credentials, usernameOf } from '../registry/credentials.ts';
import type { Users } from '../registry/users.ts';
import type { DeviceAccess, DeviceAccounts } from './device-accounts.ts';
import { verifyPassword, verifySecret } from './password-hash.ts';
import { generatePassword, type People } from './people.ts';

/** The user that a new installation begins with. */
export const FIRST_ADMIN = 'admin';

export interface FirstRunOptions {
  home: Home;
  credentials: Credentials;
  users: Users;
  accounts: DeviceAccounts;
  people: People;
  site: string;
  /** The id of the agent that runs beside this gateway. */
  agentDevice: string;
  now: () => number;
}

/**
 * Makes what an installation needs to begin with and what is missing later: an administrator, and the credentials of the local agent and
 * of the flows process. Cheap when nothing is missing.
 * @returns the administrator's password, when one was made: to be shown once and kept nowhere
 */
export async function prepareFirstRun(options: FirstRunOptions): Promise<{ adminPassword?: string }> {
  const { home, accounts, site, agentDevice } = options;
  // Before the credentials, which the flows wait for.
  editorSecret(home);
  // The agent of a machine that has joined another gateway belongs there.
  if (!existsSync(enrolmentFile(home))) {
    await provide(options, 'agent', { kind: 'device', site, device: agentDevice }, () =>
      accounts.addDevice({ site, device: agentDevice, rotate: true }),
    );
  }
  await provide(options, 'flows', { kind: 'flows', site }, () => accounts.addFlows(site));
  return addFirstAdmin(options);
}

async function addFirstAdmin({ users, people }: FirstRunOptions): Promise<{ adminPassword?: string }> {
  // Someone who took the name for another role on the command line has a way to add an administrator, too.
  if (users.hasAdmin() || users.get(FIRST_ADMIN) !== undefined) return {};
  const adminPassword = generatePassword();
  await people.add({ name: FIRST_ADMIN, role: 'admin', password: adminPassword });
  return { adminPassword };
}

/** Writes a process's credentials file unless the one that is there still holds. */
async function provide(
  { home, credentials, now }: FirstRunOptions,
  process: 'agent' | 'flows',
  owner: AccountOwner,
  make: () => Promise<DeviceAccess>,
): Promise<void> {
  const stored = handedOver(home, process);
  const username = usernameOf(owner);
  if (stored?.username === username && (await holds(credentials, stored))) {
    if (isHandedOverOld(home, process)) handOver(home, process, stored);
    return;
  }
  // The site or the agent's id was changed: nobody holds the old account any more.
  if (stored !== undefined && stored.username !== username) credentials.revoke(stored.username, now());
  handOver(home, process, await make());
}

async function holds(credentials: Credentials, { username, password }: ProcessCredentials): Promise<boolean> {
  const account = credentials.get(username);
  if (account === undefined || account.revokedAt !== undefined || account.hash === '') return false;
  return verifySecret(password, account.hash) ?? verifyPassword(password, account.hash);
}
