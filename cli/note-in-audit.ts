import { existsSync } from 'node:fs';
import { openAdmin, registryFile } from '../gateway/admin.ts';
import type { Home } from '../runtime/home.ts';
import { cliActor } from './with-admin.ts';

/** Notes in the audit log of a home what was done to it without its gateway; a home that never had a gateway has none. */
export function noteInAudit(home: Home, action: string, target: string, detail: string): void {
  if (!existsSync(registryFile(home))) return;
  const admin = openAdmin(home, { now: Date.now, actor: cliActor() });
  try {
    admin.note(action, target, detail);
  } finally {
    admin.close();
  }
}
