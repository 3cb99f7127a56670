import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { CollectedMetric } from '../../../agent/collector.ts';

/** A network namespace of its own for one test, with a loopback that is up; removed when the test ends, however it ends. */
export class Namespace {
  readonly name = `campus-${randomBytes(4).toString('hex')}`;
  readonly #children = new Set<ChildProcess>();
  /** What `ip netns exec` lays over /etc (ip-netns(8)). */
  readonly #etc = join('/etc/netns', this.name);

  constructor() {
    execFileSync('ip', ['netns', 'add', this.name]);
    onTestFinished(async () => {
      for (const child of this.#children) await end(child);
      execFileSync('ip', ['netns', 'del', this.name]);
      rmSync(this.#etc, { recursive: true, force: true });
    });
    this.ip('link', 'set', 'lo', 'up');
  }

  /** Runs `ip` in the namespace and returns what it prints. */
  ip(...args: string[]): string {
    return execFileSync('ip', ['-n', this.name, ...args], { encoding: 'utf8' });
  }

  /** Runs a command in the namespace to its end. */
  exec(command: string, ...args: string[]): string {
    return execFileSync('ip', ['netns', 'exec', this.name, command, ...args], { encoding: 'utf8' });
  }

  /** Runs a command in the namespace to its end, however that is, and returns what it printed. */
  execQuietly(command: string, ...args: string[]): string {
    return spawnSync('ip', ['netns', 'exec', this.name, command, ...args], { encoding: 'utf8' }).stdout;
  }

  /** Sets a value below /proc/sys/net/ipv6/conf, such as `room0/accept_ra`. */
  set(setting: string, value: string): void {
    this.exec('sh', '-c', `echo ${value} > "/proc/sys/net/ipv6/conf/${setting}"`);
  }

  /** Gives programs that are started from now on another file in /etc. */
  etc(name: string, text: string): void {
    mkdirSync(this.#etc, { recursive: true });
    writeFileSync(join(this.#etc, name), text);
  }

  /** Starts a program in the namespace that ends with the test. */
  start(command: string, ...args: string[]): ChildProcess {
    // `ip netns exec` becomes the command, so that the child is the command itself.
    const child = spawn('ip', ['netns', 'exec', this.name, command, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#children.add(child);
    return child;
  }

  /** Starts a collector in the namespace; the function returned makes it collect once. */
  collector(name: string, config: object = {}): () => Promise<CollectedMetric[]> {
    const script = fileURLToPath(new URL('./run-collector.ts', import.meta.url));
    const child = this.start(process.execPath, script, name, JSON.stringify(config));
    if (child.stdout === null || child.stdin === null) throw new Error('the collector has no pipes');
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const { stdin } = child;
    return async () => {
      stdin.write('\n');
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`the collector ${name} ended`);
      return JSON.parse(value);
    };
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exited;
}
