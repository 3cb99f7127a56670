import { userInfo } from 'node:os';
import type { Command } from 'commander';
import type { Admin } from '../gateway/admin.ts';
import { homeOf } from './define-command.ts';
import type { Speaker } from './terminal.ts';

/** Opens the registry of the invocation's home for one command, and closes it again. */
export async function withAdmin<T>(
  command: Command,
  speaker: Speaker,
  use: (admin: Admin) => T | Promise<T>,
): Promise<T> {
  const home = homeOf(command, speaker, 'gateway');
  // Loaded only now, so that help and wrong use answer at once.
  const { openAdmin } = await import('../gateway/admin.ts');
  const admin = openAdmin(home, { now: Date.now, actor: cliActor() });
  try {
    return await use(admin);
  } finally {
    admin.close();
  }
}

/** Who runs this, as the audit log calls it. */
export function cliActor(): string {
  return `cli:${osUser()}`;
}

/** The name of the system's user. A user without an entry in the password database goes by the number. */
function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
