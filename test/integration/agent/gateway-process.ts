import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freeGatewayPorts, type GatewayPorts, portsInEnv } from '../../support/free-port.ts';
import { until } from '../../support/until.ts';

const PROGRAM = join(import.meta.dirname, '../../../cli/campus-edge.js');

/** `campus-edge gateway`, alone, on free loopback ports: one that can go away and come back. */
export class GatewayProcess {
  readonly home: string;
  readonly mqttPort: number;
  readonly httpsPort: number;
  readonly mqttsPort: number;
  readonly httpPort: number;
  readonly #env: NodeJS.ProcessEnv;
  #child: ChildProcess | undefined;
  /** Everything that it printed. */
  output = '';
  #token: string | undefined;

  private constructor(home: string, ports: GatewayPorts, env: NodeJS.ProcessEnv) {
    this.home = home;
    this.mqttPort = ports.mqtt;
    this.httpsPort = ports.https;
    this.mqttsPort = ports.mqtts;
    this.httpPort = ports.http;
    const own = { ...portsInEnv(ports), LANG: 'C.UTF-8' };
    this.#env = { ...process.env, ...own, ...env };
  }

  /** @param env what the process has in its environment besides, such as another clock */
  static async start(home: string, env: NodeJS.ProcessEnv = {}): Promise<GatewayProcess> {
    const gateway = new GatewayProcess(home, await freeGatewayPorts(), env);
    await gateway.run();
    return gateway;
  }

  /** Starts it, again after `end`, and waits until it takes messages. */
  async run(): Promise<void> {
    const child = spawn(process.execPath, [PROGRAM, 'gateway', '--home', this.home], { env: this.#env, stdio: 'pipe' });
    this.#child = child;
    const keep = (chunk: Buffer): void => {
      this.output += String(chunk);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    await until('the gateway is ready', () => this.#isReady(), { timeoutMs: 30_000 }).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.output.slice(-2000)}`);
    });
  }

  /** Ends it and waits until it is gone; what it stored stays. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await exited;
  }

  /** Makes an account for a device and writes its credentials where its agent looks for them. */
  addDevice(id: string, agentHome: string): void {
    writeFileSync(join(agentHome, 'agent/credentials.json'), this.command('device', 'add', id, '--json'));
  }

  /** GET on the API as an administrator's program. */
  async get<T>(path: string): Promise<T> {
    this.#token ??=
      this.command('token', 'create', '--role', 'admin', '--name', 'test').trim().split('\n').at(-1) ?? '';
    // Tests that start a process and wait for it keep this one from seeing that the gateway has closed an idle connection.
    const headers = { authorization: `Bearer ${this.#token}`, connection: 'close' };
    const response = await fetch(`http://127.0.0.1:${this.httpPort}/api/v1/${path}`, { headers });
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** Runs a command of the command line on this gateway's home; returns what it printed. */
  command(...args: string[]): string {
    const options = { env: this.#env, encoding: 'utf8', timeout: 20_000 } as const;
    return spawnSync(process.execPath, [PROGRAM, ...args, '--home', this.home], options).stdout;
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await fetch(`http://127.0.0.1:${this.httpPort}/readyz`)).ok;
    } catch {
      return false;
    }
  }
}
