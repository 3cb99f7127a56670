import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import mqtt from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import type { Product } from '../../support/product.ts';
import { startProduct } from '../../support/start-product.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

const MAC = '3c:22:fb:0a:1b:2c';
/** Old enough for the averages of an hour to have been made, and young enough to be the latest. */
const REPORTED_AGO_MS = 2 * 3600_000;

/** Reports what an access point sees, as another program would: with the client's address in clear. */
async function report(product: Product, device: string): Promise<string> {
  const { username, password, topic } = product.addDevice(device);
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${product.mqttPort}`, {
    username,
    password,
    reconnectPeriod: 0,
  });
  onTestFinished(() => client.endAsync(true));
  const time = Date.now();
  const metrics = Array.from({ length: 200 }, (_, n) => ({
    ...{ name: 'wireless', tags: { station: n % 2 === 0 ? MAC : '3c:22:fb:0a:1b:99' } },
    ...{
      fields: { rssi: -n, log: n % 2 === 0 ? `${MAC} joined` : 'somebody joined' },
      timestamp: time - REPORTED_AGO_MS + n * 1000,
    },
  }));
  await client.publishAsync(topic, JSON.stringify({ metrics }), { qos: 1 });
  await client.publishAsync(topic, `{"metrics":"${MAC} is no metric"}`, { qos: 1 });
  const points = await until('both clients are known', async () => {
    const latest = await product.get<{
      points: { tags: { station: string }; fields: { log: string } }[];
    }>(`latest?measurement=wireless`);
    return latest.points.length === 2 && latest.points;
  });
  expect(JSON.stringify(points)).not.toContain(MAC);
  await until('the store has both', async () => (await seriesOf(product)).length === 2);
  const station = points.map(({ tags, fields }) => (fields.log.startsWith(tags.station) ? tags.station : undefined));
  return station.find((pseudonym) => pseudonym !== undefined) ?? '';
}

async function seriesOf(product: Product): Promise<{ tags: Record<string, string> }[]> {
  const query = `measurement=wireless&field=rssi&from=${Date.now() - 2 * REPORTED_AGO_MS}&to=${Date.now() + 60_000}&step=60000&aggregate=count&group_by=station`;
  return (await product.get<{ series: { tags: Record<string, string> }[] }>(`series?${query}`)).series;
}

/** Files of a directory that hold a text, as they lie on the disk. */
function filesWith(dir: string, text: string): string[] {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    try {
      if (statSync(path).isDirectory()) return name === 'backups' ? [] : filesWith(path, text);
      return readFileSync(path).includes(text) ? [path] : [];
    } catch (error) {
      // A store that runs removes its log at a checkpoint: what is gone holds nothing.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  });
}

/** Tables of a backup's store, roll-ups among them, and of which of them a series or a text says so. */
async function storedIn(backup: string, text: string): Promise<{ tables: string[]; holding: string[] }> {
  const instance = await DuckDBInstance.create(join(backup, 'gateway/store.duckdb'), { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  const rows = async (sql: string): Promise<string[][]> =>
    (await connection.runAndReadAll(sql)).getRows().map((row) => row.map(String));
  try {
    const columns =
      await rows(`SELECT table_schema || '."' || table_name || '"', column_name FROM information_schema.columns
      WHERE data_type = 'VARCHAR' OR (column_name = 'series' AND table_name = 'wireless')`);
    const holding = new Set<string>();
    for (const [table = '', column = ''] of columns) {
      const where =
        column === 'series'
          ? `"series" IN (SELECT id FROM campus.series WHERE contains(tags, '${text}') OR device = '${text}')`
          : `contains("${column}", '${text}')`;
      const [[count] = []] = await rows(`SELECT count(*) FROM ${table} WHERE ${where}`);
      if (count !== '0') holding.add(table);
    }
    return { tables: [...new Set(columns.map(([table = '']) => table))], holding: [...holding].sort() };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const everywhere = ['campus."series"', 'main."wireless"', 'rollup_1h."wireless"', 'rollup_1m."wireless"'];

/** A backup in whose store the averages of minutes and hours have somebody, too: they are made each half minute. */
async function backupWith(product: Product, name: string, text: string): Promise<string> {
  let round = 0;
  return until(
    'points and averages are in a backup',
    async () => {
      const backup = unpacked(product, `${name}-${round++}`);
      return (await storedIn(backup, text)).holding.join() === everywhere.join() && backup;
    },
    { timeoutMs: 120_000 },
  );
}

/** What a backup holds, unpacked. */
function unpacked(product: Product, name: string): string {
  const made = product.command('backup', '--json');
  expect(made.code, made.stderr).toBe(0);
  const { file } = JSON.parse(made.stdout) as { file: string };
  const dir = join(temporaryDirectory(), name);
  mkdirSync(dir);
  execFileSync('tar', ['--zstd', '-xf', file, '-C', dir]);
  return dir;
}

it('a client is known by a pseudonym alone, and erased from everything, the next backup included', async () => {
  const product = await startProduct();
  const pseudonym = await report(product, 'access-point');
  expect(pseudonym).toMatch(/^[0-9a-f]{16}$/);
  expect(filesWith(product.home, MAC)).toEqual([]);
  expect(product.output).not.toContain(MAC);
  const { rejects } = await product.get<{ rejects: { sample?: string }[] }>('rejects');
  expect(rejects).toMatchObject([{ sample: '{"metrics":"[mac] is no metric"}' }]);
  expect(filesWith(product.home, pseudonym).length).toBeGreaterThan(0);
  await backupWith(product, 'before', pseudonym);

  const erased = product.command('privacy', 'erase', '--client', MAC);
  expect(erased).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Erased\. /) });
  expect(erased.stderr).toContain('1/3');
  expect(filesWith(product.home, pseudonym)).toEqual([]);
  const { points } = await product.get<{ points: unknown[] }>('latest?measurement=wireless');
  expect(points).toHaveLength(1);
  expect(await seriesOf(product)).toHaveLength(1);
  const after = unpacked(product, 'after');
  expect(filesWith(after, pseudonym)).toEqual([]);
  const stored = await storedIn(after, pseudonym);
  expect(stored.holding).toEqual([]);
  expect(stored.tables).toEqual(expect.arrayContaining(everywhere));
  expect(product.output).not.toContain(pseudonym);
  const { audit } = await product.get<{ audit: Record<string, string>[] }>('audit?action=privacy.erase');
  expect(audit).toMatchObject([{ target: 'client', outcome: 'ok' }]);
  expect(JSON.stringify(audit)).not.toContain(pseudonym);
  expect(product.command('audit', 'verify').code).toBe(0);
}, 240_000);

it('a person is erased: account, sessions, alerts and the name in the audit log, whose chain stays whole', async () => {
  const product = await startProduct();
  const name = 'zhang-san-of-class-7';
  expect(product.command('privacy', 'erase', '--user', 'admin')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('state_conflict'),
  });
  const made = product.command('user', 'add', name, '--role', 'admin', '--generate');
  const password = made.stdout.trim().split('\n').at(-1) ?? '';
  const url = `http://127.0.0.1:${product.httpPort}/api/v1/session`;
  // No connection is kept: the commands below hold this process up for longer than the gateway keeps one open.
  const headers = { 'content-type': 'application/json', connection: 'close' };
  const body = JSON.stringify({ username: name, password });
  const signIn = async (): Promise<string> => {
    const answer = await fetch(url, { method: 'POST', headers, body });
    expect(answer.status).toBe(200);
    return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  };
  const cookie = await signIn();
  const tokens = url.replace('/session', '/join-tokens');
  const origin = url.replace(/\/api.*/, '');
  const token = await fetch(tokens, { method: 'POST', headers: { ...headers, cookie, origin }, body: '{}' });
  expect(token.status).toBe(201);
  expect(await (await fetch(tokens, { headers: { ...headers, cookie } })).text()).not.toContain(name);
  expect(filesWith(product.home, name).length).toBeGreaterThan(0);
  expect(product.command('privacy', 'erase', '--user', 'nobody-of-this-name')).toMatchObject({ code: 1 });
  const erased = product.command('privacy', 'erase', '--user', name, '--json');
  expect(JSON.parse(erased.stdout)).toMatchObject({ kind: 'user', done: true, left_to_do: [] });
  expect(filesWith(product.home, name)).toEqual([]);
  expect(filesWith(unpacked(product, 'after'), name)).toEqual([]);
  expect(product.output).not.toContain(name);
  const { join_tokens } = await product.get<{ join_tokens: { created_by: string }[] }>('join-tokens');
  expect(join_tokens).toMatchObject([{ created_by: expect.stringMatching(/^user:~[0-9a-f]{16}$/) }]);
  expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(401);
  const { audit } = await product.get<{ audit: Record<string, string>[] }>('audit?action=user.add');
  expect(audit[0]?.['target']).toMatch(/^~[0-9a-f]{16}$/);
  expect(product.command('audit', 'verify', '--json')).toMatchObject({ code: 0 });
}, 180_000);

it('a device is erased though the gateway is killed meanwhile, and may come back as a new one', async () => {
  const product = await startProduct();
  await report(product, 'tablet-of-li');
  expect(product.command('join-token', 'create', '--device', 'tablet-of-li').code).toBe(0);
  expect(filesWith(product.home, 'tablet-of-li').length).toBeGreaterThan(0);
  await product.killAll();
  const noted = product.command('privacy', 'erase', '--device', 'tablet-of-li');
  expect(noted).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Noted\. /) });
  for (let round = 0; round < 2; round += 1) {
    product.run();
    await product.ready();
    await product.killAll();
  }
  product.run();
  await product.ready();
  const left = (): string[] => filesWith(product.home, 'tablet-of-li');
  await until('nothing is left', () => left().length === 0, { timeoutMs: 30_000 }).catch((error: Error) => {
    throw new Error(`${error.message}: ${left().join(', ')}`);
  });
  expect(filesWith(unpacked(product, 'after'), 'tablet-of-li')).toEqual([]);
  expect(product.output).not.toContain('tablet-of-li');
  const { devices } = await product.get<{ devices: { id: string }[] }>('devices');
  expect(devices.map(({ id }) => id)).not.toContain('tablet-of-li');
  expect(product.command('audit', 'verify').code).toBe(0);
  const { audit } = await product.get<{ audit: unknown[] }>('audit?action=privacy.erase');
  expect(audit).toHaveLength(1);
  expect(product.command('device', 'add', 'tablet-of-li').code).toBe(0);
}, 180_000);

it('a device is erased from what the rules of the flows remember of it', async () => {
  const product = await startProduct();
  const { username, password, topic } = product.addDevice('phone-of-li');
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${product.mqttPort}`, { username, password });
  onTestFinished(() => client.endAsync(true));
  await until(
    'a rule remembers how often it reports',
    async () => {
      const metric = { name: 'phone', tags: {}, fields: { n: 1 }, timestamp: Date.now() };
      await client.publishAsync(topic, JSON.stringify({ metrics: [metric] }), { qos: 1 });
      return filesWith(join(product.home, 'flows'), 'phone-of-li').length > 0;
    },
    { timeoutMs: 60_000, everyMs: 1000 },
  );
  expect(product.command('privacy', 'erase', '--device', 'phone-of-li')).toMatchObject({ code: 0 });
  await until('the rules have forgotten it', () => filesWith(product.home, 'phone-of-li').length === 0, {
    timeoutMs: 30_000,
  });
}, 180_000);
