import { randomFillSync } from 'node:crypto';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkArchive } from '../../../gateway/backup/restore.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';
import { type HttpGateway, problemIn, startHttpGateway } from './http-gateway.ts';

interface BackupView {
  name: string;
  state: string;
  bytes: number;
  progress: number;
  failure?: { code: string; detail: string };
}

const list = async (gateway: HttpGateway, token: string): Promise<BackupView[]> =>
  (await gateway.get('/api/v1/backups', token))['backups'] as BackupView[];

/** Begins a backup; returns its name. */
async function begin(gateway: HttpGateway, token: string, body?: object): Promise<string> {
  const response = await gateway.request('POST', '/api/v1/backups', { token, ...(body === undefined ? {} : { body }) });
  expect(response.status).toBe(202);
  return ((await response.json()) as BackupView).name;
}

async function complete(gateway: HttpGateway, token: string, name: string): Promise<BackupView> {
  return until(`${name} is complete`, async () =>
    (await list(gateway, token)).find((backup) => backup.name === name && backup.state === 'complete'),
  );
}

/** Makes the home so large that its backup takes a while. */
function enlarge({ home }: HttpGateway): void {
  writeFileSync(join(home.flowsDir, 'large'), randomFillSync(Buffer.alloc(150_000_000)));
}

const inFolder = ({ home }: HttpGateway): string[] => readdirSync(join(home.dir, 'backups'));

test('a backup is made, listed, downloaded and deleted, and each leaves a row in the audit log', async () => {
  const gateway = await startHttpGateway();
  const token = gateway.token('admin');
  expect(await list(gateway, token)).toEqual([]);
  const name = await begin(gateway, token);
  expect(name).toMatch(/^campus-edge-school-\d{8}T\d{6}Z\.tar\.zst$/);
  const { bytes } = await complete(gateway, token, name);
  expect(statSync(join(gateway.home.dir, 'backups', name)).mode & 0o777).toBe(0o600);

  const download = await gateway.request('GET', `/api/v1/backups/${name}`, { token });
  expect(download.status).toBe(200);
  expect(download.headers.get('content-disposition')).toBe(`attachment; filename="${name}"`);
  expect(download.headers.get('cache-control')).toBe('no-store');
  const file = join(temporaryDirectory(), name);
  writeFileSync(file, Buffer.from(await download.arrayBuffer()));
  expect(statSync(file).size).toBe(bytes);
  const signal = new AbortController().signal;
  const manifest = await checkArchive({ archive: file, version: '9.8.7', signal, onProgress: () => {} });
  expect(manifest.files.map(({ path }) => path)).toEqual(['gateway/registry.sqlite', 'gateway/store.duckdb']);
  expect(manifest).toMatchObject({ version: '9.8.7', store: 'duckdb' });

  expect((await gateway.request('DELETE', `/api/v1/backups/${name}`, { token })).status).toBe(204);
  expect(await list(gateway, token)).toEqual([]);
  expect(inFolder(gateway)).toEqual([]);
  const rows = gateway.registry.audit.list({ limit: 9 }).map(({ action, target }) => [action, target]);
  expect(rows).toEqual([
    ['backup.delete', name],
    ['backup.download', name],
    ['backup.create', name],
  ]);
});

test('one backup is made at a time; one that is deleted on its way ends, and nothing is left of it', async () => {
  const gateway = await startHttpGateway();
  const token = gateway.token('admin');
  enlarge(gateway);
  const name = await begin(gateway, token);
  const second = await gateway.request('POST', '/api/v1/backups', { token });
  expect(await problemIn(second)).toMatchObject({ status: 409, code: 'state_conflict' });
  const [running] = await until('it is under way', async () => {
    const backups = await list(gateway, token);
    return (backups[0]?.progress ?? 0) > 0 && backups;
  });
  expect(running).toMatchObject({ name, state: 'running', bytes: 0 });
  expect((await gateway.request('DELETE', `/api/v1/backups/${name}`, { token })).status).toBe(204);
  expect(await list(gateway, token)).toEqual([]);
  expect(inFolder(gateway)).toEqual([]);
  await complete(gateway, token, await begin(gateway, token));
});

test('older ones are deleted when asked, but only those that the product made', async () => {
  const gateway = await startHttpGateway();
  const token = gateway.token('admin');
  const first = await begin(gateway, token);
  await complete(gateway, token, first);
  writeFileSync(join(gateway.home.dir, 'backups', 'before-the-holidays.tar.zst'), 'x');
  gateway.clock.pass(60_000);
  const second = await begin(gateway, token, { keep: 1 });
  await complete(gateway, token, second);
  await until('the first is deleted', () => !inFolder(gateway).includes(first));
  expect(inFolder(gateway).toSorted()).toEqual(['before-the-holidays.tar.zst', second]);
  expect(gateway.registry.audit.list({ limit: 1, action: 'backup.delete' })).toMatchObject([{ target: first }]);
});

test('a backup that fails says why, leaves nothing, and the next one may succeed', async () => {
  const gateway = await startHttpGateway();
  const token = gateway.token('admin');
  const damaged = join(gateway.home.gatewayDir, 'spool.sqlite');
  writeFileSync(damaged, 'no database at all '.repeat(100));
  const name = await begin(gateway, token);
  const failed = await until('it failed', async () =>
    (await list(gateway, token)).find(({ state }) => state === 'failed'),
  );
  expect(failed).toMatchObject({
    name,
    failure: { code: 'internal', detail: expect.stringContaining('spool.sqlite') },
  });
  expect(inFolder(gateway)).toEqual([]);
  writeFileSync(damaged, '');
  const next = await begin(gateway, token);
  await complete(gateway, token, next);
  expect((await list(gateway, token)).map((backup) => backup.name)).toEqual([next]);
});

test.each([
  ['..%2fgateway%2fregistry.sqlite', 400],
  ['registry.sqlite', 400],
  ['.hidden.tar.zst', 400],
  ['nothing.tar.zst', 404],
])('of the name %s there is nothing to download or delete', async (name, status) => {
  const gateway = await startHttpGateway();
  const token = gateway.token('admin');
  for (const method of ['GET', 'DELETE']) {
    expect((await problemIn(await gateway.request(method, `/api/v1/backups/${name}`, { token }))).status).toBe(status);
  }
});

test('it holds nobody who is signed in, nor a token of the moment', async () => {
  const gateway = await startHttpGateway();
  const token = gateway.token('admin');
  await gateway.cookie('operator');
  const standIn = { role: 'admin', createdBy: 'cli:tester', expiresAt: 9e15, standsIn: true } as const;
  gateway.registry.tokens.add({ ...standIn, now: gateway.clock.time });
  const { copyRegistry } = await import('../../../gateway/backup/copy.ts');
  const { openRegistry } = await import('../../../gateway/registry/registry.ts');
  const copy = join(temporaryDirectory(), 'registry.sqlite');
  copyRegistry(join(gateway.home.gatewayDir, 'registry.sqlite'), copy);
  const registry = openRegistry(copy, gateway.clock);
  expect(registry.db.prepare('SELECT count(*) AS n FROM sessions').get()).toEqual({ n: 0 });
  expect(registry.tokens.list()).toHaveLength(1);
  expect(registry.tokens.use(token, gateway.clock.time)).toBeDefined();
  expect(registry.users.list().map(({ role }) => role)).toEqual(['operator']);
  registry.close();
});

test('what the command line does by a token of the moment stands under its own name', async () => {
  const gateway = await startHttpGateway();
  const expiresAt = gateway.clock.time + 60_000;
  const standIn = gateway.registry.tokens.add({
    role: 'admin',
    createdBy: 'cli:tester',
    now: gateway.clock.time,
    expiresAt,
    standsIn: true,
  });
  const token = standIn?.secret ?? '';
  const name = await begin(gateway, token);
  await complete(gateway, token, name);
  expect(gateway.registry.audit.list({ limit: 1 })).toMatchObject([{ actor: 'cli:tester', action: 'backup.create' }]);
  gateway.clock.pass(60_000);
  expect((await gateway.request('GET', '/api/v1/backups', { token })).status).toBe(401);
});
