import type { Alerts } from '../alerts/alerts.ts';
import type { ErasureSubject } from '../registry/erasure-table.ts';
import type { Registry } from '../registry/registry.ts';
import { inTransaction } from '../registry/transaction.ts';
import type { Retained } from '../retained.ts';

/** Stands for a person in whose name no row of the audit log is. */
const NEVER_NAMED = `~${'0'.repeat(16)}`;

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

/** One person: at the console and, by the same name, at the command line of this machine. */
function eraseUser({ registry, alerts }: EraseFromRegistry, name: string): void {
  const { users, tokens, joinTokens, erasures, audit } = registry;
  // Sessions go with the account. One that is gone already was erased by an attempt that was cut short, or removed.
  users.remove(name);
  for (const kind of ['user', 'cli']) {
    const actor = `${kind}:${name}`;
    const kept = audit.names.find(actor) ?? `${kind}:${NEVER_NAMED}`;
    tokens.renameMaker(actor, kept);
    joinTokens.renameMaker(actor, kept);
    erasures.renameActor(actor, kept);
    // Alerts have people by their bare names, and anything else as the audit log calls it.
    if (kind === 'user') alerts.forgetHandler(name, kept.slice('user:'.length));
    else alerts.forgetHandler(actor, kept);
    audit.names.forget(actor);
  }
}

function eraseDevice({ registry, alerts, retained }: EraseFromRegistry, of: { site: string; device: string }): void {
  const { site, device } = of;
  const { devices, inventories, credentials, joinTokens, joinRequests, events, commands, rejects, audit } = registry;
  retained.forget(of);
  for (const alert of alerts.erase({ site, device })) retained.forgetAlert(alert);
  devices.erase(site, device);
  inventories.erase(site, device);
  events.erase({ site, device });
  commands.erase(site, device);
  rejects.erase({ site, device });
  credentials.erase(`${site}/${device}`);
  joinTokens.erase(site, device);
  joinRequests.erase(device);
  for (const kind of ['device', 'mqtt']) audit.names.forget(`${kind}:${site}/${device}`);
}

function eraseText({ registry, alerts, retained }: EraseFromRegistry, text: string): void {
  for (const alert of alerts.erase({ text })) retained.forgetAlert(alert);
  registry.events.erase({ text });
  registry.rejects.erase({ text });
}
