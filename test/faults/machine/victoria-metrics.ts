import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/free-port.ts';
import { until } from '../../support/until.ts';

/** Debian's real `victoria-metrics` on a free loopback port with a data directory of its own. */
export class VictoriaMetrics {
  readonly port: number;
  readonly #dir: string;
  #process: ChildProcess | undefined;

  private constructor(port: number, dir: string) {
    this.port = port;
    this.#dir = dir;
  }

  static async start(): Promise<VictoriaMetrics> {
    const server = new VictoriaMetrics(await freePort(), mkdtempSync(join(tmpdir(), 'campus-edge-victoria-')));
    await server.run();
    return server;
  }

  /** Starts the server, again after `kill`, and waits until it answers. */
  async run(): Promise<void> {
    this.launch();
    await this.ready();
  }

  launch(): void {
    const args = [
      `-storageDataPath=${this.#dir}`,
      `-httpListenAddr=127.0.0.1:${this.port}`,
      '-retentionPeriod=100y',
      // A sample written twice is one sample.
      '-dedup.minScrapeInterval=1ms',
      '-search.latencyOffset=0s',
      '-loggerLevel=ERROR',
    ];
    this.#process = spawn('victoria-metrics', args, { stdio: 'ignore' });
  }

  async ready(): Promise<void> {
    await until('victoria-metrics answers', async () => {
      try {
        return (await fetch(`http://127.0.0.1:${this.port}/health`)).ok;
      } catch {
        return false;
      }
    });
  }

  /** Ends the server and waits until it is gone; its data stay. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#dir, { recursive: true, force: true, maxRetries: 3 });
  }
}
