import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ProcessName, processNames } from '../../../cli/supervisor/spawn-process.ts';
import { freeGatewayPorts, type GatewayPorts, portsInEnv } from '../../support/free-port.ts';
import { isRoot } from '../../support/root.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';
import { root } from '../../tidy/sources.ts';

/** Three processes start one after another, and a busy machine takes its time. */
const PATIENCE_MS = 240_000;

/** Where the units say that things lie, and where they lie here. */
interface Places {
  /** What stands in for `/`. */
  base: string;
  home: string;
}

/** User and groups as numbers: nobody of that name need be on this machine. */
interface Ids {
  uid: string;
  gid: string;
  groups: string;
}

/** Makes the users and directories of `deploy/` below a directory, by the programs that do so on a box (systemd-sysusers(8), systemd-tmpfiles(8)). */
function install(): Places {
  const base = temporaryDirectory();
  chmodSync(base, 0o711);
  mkdirSync(join(base, 'etc'));
  for (const name of ['passwd', 'group']) writeFileSync(join(base, 'etc', name), '');
  execFileSync('systemd-sysusers', [`--root=${base}`, join(root, 'deploy/sysusers.d/campus-edge.conf')], {
    stdio: 'ignore',
  });
  const home = join(base, 'var/lib/campus-edge');
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'campus-edge.yaml'), 'site: school\ngateway: { tls: { host: "127.0.0.1" } }\n');
  execFileSync('systemd-tmpfiles', [`--root=${base}`, '--create', join(root, 'deploy/tmpfiles.d/campus-edge.conf')]);
  return { base, home };
}

function idsOf({ base }: Places, name: ProcessName): Ids {
  const lines = (file: string): string[][] =>
    readFileSync(join(base, 'etc', file), 'utf8')
      .split('\n')
      .map((line) => line.split(':'));
  const user = `campus-${name}`;
  const [, , uid = '', gid = ''] = lines('passwd').find(([one]) => one === user) ?? [];
  const groups = lines('group')
    .filter(([, , , members = '']) => members.split(',').includes(user))
    .map(([, , group = '']) => group);
  return { uid, gid, groups: groups.join(',') };
}

/** Runs a command as one of the users, with no right of root. */
function asUser({ uid, gid, groups }: Ids, command: readonly string[]): string[] {
  const rights = ['--bounding-set=-all', '--inh-caps=-all', '--no-new-privs'];
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, `--groups=${groups}`, ...rights, ...command];
}

/** The product as three units, each started by its own `ExecStart`. */
class Units {
  readonly places: Places;
  readonly #ports: GatewayPorts;
  readonly #children: ChildProcess[] = [];
  readonly output: Record<ProcessName, string> = { gateway: '', agent: '', flows: '' };
  #token: string | undefined;

  constructor(places: Places, ports: GatewayPorts) {
    this.places = places;
    this.#ports = ports;
    onTestFinished(() => this.stop());
  }

  start(name: ProcessName): void {
    const { base, home } = this.places;
    const unit = readFileSync(join(root, `deploy/systemd/campus-edge-${name}.service`), 'utf8');
    const here = (text: string): string =>
      text
        .replaceAll('/usr/lib/campus-edge/node_modules/.bin/node', process.execPath)
        .replaceAll('/usr/lib/campus-edge', root.replace(/\/$/, ''))
        .replaceAll('/var/lib/campus-edge', home)
        .replaceAll('/var/cache/campus-edge', join(base, 'cache'));
    const setting = (key: string): string[] => here(new RegExp(`^${key}=(.*)$`, 'm').exec(unit)?.[1] ?? '').split(' ');
    const ids = idsOf(this.places, name);
    // As systemd makes it (systemd.exec(5), CacheDirectory).
    const cache = join(base, 'cache', name);
    mkdirSync(cache, { recursive: true });
    execFileSync('chown', [`${ids.uid}:${ids.gid}`, cache]);
    const [command = '', ...args] = asUser(ids, ['env', ...setting('Environment'), ...setting('ExecStart')]);
    const child = spawn(command, args, {
      cwd: '/',
      env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', ...portsInEnv(this.#ports) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#children.push(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.output[name] += String(chunk);
      });
    }
  }

  async get<T>(path: string): Promise<T> {
    this.#token ??= this.command('token', 'create', '--role', 'admin', '--name', 'test').trim().split('\n').at(-1);
    const headers = { authorization: `Bearer ${this.#token}` };
    const response = await fetch(`http://127.0.0.1:${this.#ports.http}/api/v1/${path}`, { headers });
    return (await response.json()) as T;
  }

  async isReady(): Promise<boolean> {
    return fetch(`http://127.0.0.1:${this.#ports.http}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  /** A command of the command line, by the gateway's user. */
  command(...args: string[]): string {
    const product = [process.execPath, join(root, 'cli/campus-edge.js'), ...args, '--home', this.places.home];
    const [command = '', ...rest] = asUser(idsOf(this.places, 'gateway'), product);
    return execFileSync(command, rest, {
      encoding: 'utf8',
      cwd: '/',
      env: { ...process.env, ...portsInEnv(this.#ports) },
    });
  }

  /** Ends one unit at once. */
  kill(name: ProcessName): void {
    this.#children[processNames.indexOf(name)]?.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
  }

  /** The files that a process's user may read, relative to the home. It may open what it knows, also where it cannot list. */
  readableBy(name: ProcessName): string[] {
    const { home } = this.places;
    const files = readdirSync(home, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const script = 'for file; do [ ! -r "$file" ] || echo "$file"; done';
    const [command = '', ...args] = asUser(idsOf(this.places, name), ['sh', '-c', script, 'sh', ...files]);
    const lines = execFileSync(command, args, { encoding: 'utf8', cwd: '/' }).trim().split('\n');
    return lines.map((path) => relative(home, path)).sort();
  }
}

/** Whether other users may read the checkout, as they may read /usr/lib on a box: not where it lies in somebody's home. */
function isReadableByOthers(): boolean {
  const [command = '', ...args] = asUser({ uid: '65534', gid: '65534', groups: '65534' }, [
    ...['test', '-r', join(root, 'cli/campus-edge.js'), '-a', '-x', process.execPath],
  ]);
  return spawnSync(command, args).status === 0;
}

const can = isRoot && isReadableByOthers();
if (isRoot && !can) console.warn(`skipped: processes as users of their own, who cannot read ${root}`);

describe.runIf(can)('gateway, agent and flows as three users', () => {
  it(
    'work together, and none can read what is another’s',
    async () => {
      const units = new Units(install(), await freeGatewayPorts());
      units.start('gateway');
      await until('the gateway is ready', () => units.isReady(), { timeoutMs: 60_000 }).catch((error: Error) => {
        throw new Error(`${error.message}\n${units.output.gateway}`);
      });
      units.start('agent');
      units.start('flows');
      const { points } = await until(
        'samples of this machine',
        async () => {
          const latest = await units.get<{ points: { device: string }[] }>('latest?measurement=system');
          return latest.points.length > 0 && latest;
        },
        { timeoutMs: 30_000 },
      );
      await until('flows watch', () => units.output.flows.includes('flows are ready'), { timeoutMs: 60_000 });
      units.kill('agent');
      const alert = await until(
        'the alert',
        async () =>
          (await units.get<{ alerts: { rule: string; device: string }[] }>('alerts')).alerts.find(
            ({ rule }) => rule === 'device-offline',
          ),
        { timeoutMs: 30_000 },
      );
      expect(alert.device).toBe(points[0]?.device);

      // Of its own directory a process reads everything.
      const readable = (name: ProcessName): string[] =>
        units.readableBy(name).filter((path) => !path.startsWith(`${name}/`));
      expect(readable('agent')).toEqual(['campus-edge.yaml', 'credentials/agent/mqtt.json']);
      expect(readable('flows')).toEqual([
        'campus-edge.yaml',
        'credentials/flows/editor.secret',
        'credentials/flows/mqtt.json',
      ]);
      // It made the credentials and the authority, and backs the flows up, with the key of their nodes' secrets.
      const parts = readable('gateway').map((path) => path.replace(/\/.*/, ''));
      expect([...new Set(parts)]).toEqual(['campus-edge.yaml', 'credentials', 'flows', 'pki']);
    },
    PATIENCE_MS,
  );
});
