import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { Registry as MetricsRegistry } from 'prom-client';
import { createAccess } from '../../../gateway/access/access.ts';
import { roleAllows, roles } from '../../../gateway/access/roles.ts';
import { Alerts } from '../../../gateway/alerts/alerts.ts';
import { Backups } from '../../../gateway/backup/backups.ts';
import { Exports } from '../../../gateway/exports.ts';
import { LiveFeed } from '../../../gateway/http/live-feed.ts';
import type { DeclaredRoute } from '../../../gateway/http/route-declaration.ts';
import { createHttpServer } from '../../../gateway/http/server.ts';
import { ApprovalQueue } from '../../../gateway/join/approval-queue.ts';
import { DeviceCertifier } from '../../../gateway/join/device-certifier.ts';
import { Joining } from '../../../gateway/join/joining.ts';
import { RevocationList } from '../../../gateway/pki/revocation-list.ts';
import { openRegistry } from '../../../gateway/registry/registry.ts';
import { homeAt } from '../../../runtime/home.ts';
import { markdownTable } from './markdown.ts';

/** Every route of the HTTP API with the roles that may use it. */
export async function apiReference(): Promise<string> {
  const rows = (await declaredRoutes()).flatMap(({ method, path, role, summary }) => {
    if (summary === undefined) return [];
    const marks =
      role === 'public' ? roles.map(() => 'yes') : roles.map((name) => (roleAllows(name, role) ? 'yes' : ''));
    return [[`\`${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}\``, anonymousMark(role), ...marks, summary]];
  });
  return markdownTable(['route', 'anonymous', ...roles, 'what'], rows);
}

/** What the column `anonymous` says of a route. */
export function anonymousMark(role: DeclaredRoute['role']): string {
  if (role === 'public') return 'yes';
  return role === 'viewer-or-local' ? 'from this machine' : '';
}

/** The routes of a gateway that serves nobody, those of pages among them. */
export async function declaredRoutes(): Promise<readonly DeclaredRoute[]> {
  const dir = mkdtempSync(join(tmpdir(), 'campus-edge-'));
  const now = (): number => 0;
  const registry = openRegistry(join(dir, 'registry.sqlite'), { now });
  const home = homeAt(dir);
  const source = { home, copyStore: async () => {}, holdSpool: () => () => {}, flushRegistry: () => {} };
  try {
    const access = createAccess(registry, now);
    const authority = { certificate: '', key: '', fingerprint: '' };
    const certifier = new DeviceCertifier({ authority, site: 'school', issued: registry.issuedCertificates, now });
    const { certificates } = access;
    const app = await createHttpServer({
      registry,
      access,
      joining: new Joining({
        authority,
        registry,
        certificates,
        certifier,
        site: 'school',
        mqttsPort: 8883,
        url: undefined,
        now,
      }),
      approvals: new ApprovalQueue({
        ...{ enabled: false, certifier, registry, site: 'school', mqttsPort: 8883, refused: () => {}, now },
      }),
      commands: {
        request: () => {
          throw new Error('this gateway commands nobody');
        },
        get: () => undefined,
        list: () => [],
        onChange: () => () => undefined,
      },
      selfCommands: {
        ask: () => {
          throw new Error('this gateway commands nobody');
        },
        inquire: () => {
          throw new Error('this gateway commands nobody');
        },
      },
      alerts: new Alerts({ db: registry.db, knows: () => true, random: (bytes) => new Uint8Array(bytes) }),
      store: { seriesJson: async () => Buffer.from('{"series":[],"truncated":false}') },
      backups: new Backups({ dir, source, version: '0', site: 'school', store: 'none', now }),
      exports: new Exports(home, { export: async () => ({ rows: 0, bytes: 0 }) }),
      revocationList: new RevocationList({ authority, issued: registry.issuedCertificates, now }),
      privacyReports: { make: () => Promise.reject(new Error('this gateway serves nobody')) },
      network: () => undefined,
      latest: { query: () => [] },
      live: new LiveFeed(),
      flowsEditor: { port: 1, secret: 'none' },
      readiness: () => true,
      consoleDir: dir,
      metrics: new MetricsRegistry(),
      about: { version: '0', site: 'school', store: 'none', startedAt: 0 },
      log: pino({ level: 'silent' }),
      now,
    });
    const routes = [...app.declaredRoutes];
    await app.close();
    return routes;
  } finally {
    registry.close();
    rmSync(dir, { recursive: true });
  }
}
