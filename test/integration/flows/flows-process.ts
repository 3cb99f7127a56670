import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { untriedPort } from '../../support/free-port.ts';
import { until } from '../../support/until.ts';
import { credentials } from './gateway-stand-in.ts';

const program = fileURLToPath(new URL('../../../cli/campus-edge.js', import.meta.url));

/** A home as flows find it: with the credentials that the gateway has written. */
export function flowsHome(dir: string, files: { config?: string; flows?: readonly object[] } = {}): string {
  mkdirSync(join(dir, 'flows'), { recursive: true });
  writeFileSync(join(dir, 'flows', 'credentials.json'), JSON.stringify(credentials), { mode: 0o600 });
  if (files.config !== undefined) writeFileSync(join(dir, 'campus-edge.yaml'), files.config);
  if (files.flows !== undefined) writeFileSync(join(dir, 'flows', 'flows.json'), JSON.stringify(files.flows));
  return dir;
}

/** The flows process of the product, as its supervisor runs it. */
export class FlowsProcess {
  output = '';
  readonly #child: ChildProcess;
  #isReady = false;
  /** Where its editor listens. */
  readonly editorPort = untriedPort();

  constructor(home: string, port: number) {
    this.#child = spawn(process.execPath, [program, 'flows', '--home', home], {
      env: { ...process.env, CAMPUS_MQTT_PORT: String(port), CAMPUS_FLOWS_PORT: String(this.editorPort) },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
      });
    }
    this.#child.on('message', (message) => {
      if (JSON.stringify(message) === '{"ready":true}') this.#isReady = true;
    });
    onTestFinished(() => this.end('SIGKILL').then(() => undefined));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Waits until the process says that it is ready. */
  async ready(): Promise<this> {
    await until(`flows are ready\n${this.output}`, () => this.#isReady, { timeoutMs: 20_000 });
    return this;
  }

  /** Ends the process; resolves with its exit code, null when a signal ended it. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode;
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exited;
    return this.#child.exitCode;
  }

  /** Resolves with the exit code of a process that ends by itself. */
  async exitCode(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
    return this.#child.exitCode;
  }
}
