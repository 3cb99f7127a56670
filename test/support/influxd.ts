import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

export interface InfluxdOptions {
  auth?: boolean;
  within?: string;
  cacheBytes?: number;
}

/** Debian's real `influxd` on a free loopback port with a data directory of its own. */
export class Influxd {
  readonly port: number;
  readonly #dir: string;
  readonly #config: string;
  #process: ChildProcess | undefined;

  private constructor(port: number, dir: string, config: string) {
    this.port = port;
    this.#dir = dir;
    this.#config = config;
  }

  /**
   * @param options `auth`: accounts are needed, the first of which must be an administrator; `within`: where its directory is made, on a disk
   * of a certain size for instance; `cacheBytes`: what it holds in memory at most before it refuses points
   */
  static async start({ auth = false, within = tmpdir(), cacheBytes }: InfluxdOptions = {}): Promise<Influxd> {
    const dir = mkdtempSync(join(within, 'campus-edge-influxd-'));
    const [http, rpc] = [await freePort(), await freePort()];
    const config = join(dir, 'influxdb.conf');
    writeFileSync(
      config,
      `reporting-disabled = true
bind-address = "127.0.0.1:${rpc}"
[meta]
  dir = "${dir}/meta"
[data]
  dir = "${dir}/data"
  wal-dir = "${dir}/wal"
${cacheBytes === undefined ? '' : `  cache-max-memory-size = ${cacheBytes}\n`}[http]
  bind-address = "127.0.0.1:${http}"
  log-enabled = false
  auth-enabled = ${auth}
`,
    );
    const influxd = new Influxd(http, dir, config);
    await influxd.run();
    return influxd;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts the server, again after `kill`, and waits until it answers. */
  async run(): Promise<void> {
    this.launch();
    await this.ready();
  }

  launch(): void {
    this.#process = spawn('influxd', ['-config', this.#config], { stdio: 'ignore' });
  }

  async ready(): Promise<void> {
    await until('influxd answers', async () => {
      try {
        return (await fetch(`http://127.0.0.1:${this.port}/ping`)).status === 204;
      } catch {
        return false;
      }
    });
  }

  get running(): boolean {
    return this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Ends the server and waits until it is gone; its data stay. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#process;
    if (child === undefined || !this.running) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await exited;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
