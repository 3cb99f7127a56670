import type { Alerts } from '../alerts/alerts.ts';
import type { ErasureSubject } from '../registry/erasure-table.ts';
import type { Registry } from '../registry/registry.ts';
import { inTransaction } from '../registry/transaction.ts';
import type { Retained } from '../retained.ts';

/** Stands for a person in whose name no row of the audit log is. */
const NEVER_NAMED = `user:~${'0'.repeat(16)}`;

export interface EraseFromRegistry {
  registry: Registry;
  alerts: Alerts;
  retained: Pick<Retained, 'forget' | 'forgetAlert'>;
}

/**
 * Erases a subject from everything that the registry and the broker keep. The rows of the audit log stay: whom their pseudonyms stood for is
 * forgotten. What was deleted still lies in the file until that is scrubbed.
 * @param done is called in the same transaction
 */
export function eraseFromRegistry(parts: EraseFromRegistry, subject: ErasureSubject, done: () => void): void {
  inTransaction(parts.registry.db, () => {
    if (subject.kind === 'user') eraseUser(parts, subject.name);
    else if (subject.kind === 'device') eraseDevice(parts, subject);
    else eraseText(parts, subject.pseudonym);
    done();
  });
}

function eraseUser({ registry, alerts }: EraseFromRegistry, name: string): void {
  const { users, tokens, audit } = registry;
  // Sessions go with the account. One that is gone already was erased by an attempt that was cut short, or removed.
  users.remove(name);
  const kept = audit.names.find(`user:${name}`) ?? NEVER_NAMED;
  tokens.renameMaker(`user:${name}`, kept);
  alerts.forgetHandler(name, kept.slice('user:'.length));
  audit.names.forget(`user:${name}`);
}

function eraseDevice({ registry, alerts, retained }: EraseFromRegistry, of: { site: string; device: string }): void {
  const { site, device } = of;
  const { devices, inventories, credentials, joinRequests, events, rejects, audit } = registry;
  retained.forget(of);
  for (const alert of alerts.erase({ site, device })) retained.forgetAlert(alert);
  devices.erase(site, device);
  inventories.erase(site, device);
  events.erase({ site, device });
  rejects.erase({ site, device });
  credentials.erase(`${site}/${device}`);
  joinRequests.erase(device);
  for (const kind of ['device', 'mqtt']) audit.names.forget(`${kind}:${site}/${device}`);
}

function eraseText({ registry, alerts, retained }: EraseFromRegistry, text: string): void {
  for (const alert of alerts.erase({ text })) retained.forgetAlert(alert);
  registry.events.erase({ text });
  registry.rejects.erase({ text });
}
