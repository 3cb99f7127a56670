import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

/** The flags that docs/stores.md tells people to set. */
const FLAGS = ['-dedup.minScrapeInterval=1ms', '-retentionPeriod=100y'];

/** Debian's real `victoria-metrics` on a free loopback port with a data directory of its own. */
export class VictoriaMetrics {
  readonly port: number;
  readonly #dir: string;
  readonly #flags: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(port: number, dir: string, flags: readonly string[]) {
    this.port = port;
    this.#dir = dir;
    this.#flags = flags;
  }

  /**
   * @param flags instead of those that are needed
   * @param within where its directory is made, on a disk of a certain size for instance
   */
  static async start(flags: readonly string[] = FLAGS, within = tmpdir()): Promise<VictoriaMetrics> {
    const dir = mkdtempSync(join(within, 'campus-edge-victoria-metrics-'));
    const server = new VictoriaMetrics(await freePort(), dir, flags);
    await server.run();
    return server;
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
    const args = [`-storageDataPath=${this.#dir}`, `-httpListenAddr=127.0.0.1:${this.port}`, ...this.#flags];
    this.#process = spawn('victoria-metrics', args, { stdio: 'ignore' });
  }

  async ready(): Promise<void> {
    await until('victoria-metrics answers', async () => {
      try {
        return (await fetch(`${this.url}/health`)).ok;
      } catch {
        return false;
      }
    });
  }

  /** What has been written is found by queries only a second later; this makes it found at once. */
  async settle(): Promise<void> {
    await fetch(`${this.url}/internal/force_flush`);
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
