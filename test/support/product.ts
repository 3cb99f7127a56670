import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freeGatewayPorts, type GatewayPorts, portsInEnv } from './free-port.ts';
import { until } from './until.ts';

const PROGRAM = join(import.meta.dirname, '../../cli/campus-edge.js');

export interface ProductOptions {
  /** Text of campus-edge.yaml. */
  config?: string;
  /** The home directory, which exists. */
  home: string;
  /** Runs the product in a network namespace. */
  namespace?: string;
}

/** Account of a device, as `device add ID --json` prints it. */
export interface DeviceAccount {
  site: string;
  username: string;
  password: string;
  topic: string;
}

/** The real product: `campus-edge up` in a home of its own on free loopback ports. */
export class Product {
  readonly home: string;
  readonly httpPort: number;
  readonly mqttPort: number;
  readonly flowsPort: number;
  readonly httpsPort: number;
  readonly mqttsPort: number;
  readonly stampPort: number;
  readonly throughputPort: number;
  readonly #namespace: string | undefined;
  readonly #env: NodeJS.ProcessEnv;
  #up: ChildProcess | undefined;
  /** Everything that `up` printed. */
  output = '';
  #token: string | undefined;

  private constructor(home: string, ports: GatewayPorts, namespace: string | undefined) {
    this.home = home;
    this.httpPort = ports.http;
    this.mqttPort = ports.mqtt;
    this.flowsPort = ports.flows;
    this.httpsPort = ports.https;
    this.mqttsPort = ports.mqtts;
    this.stampPort = ports.stamp;
    this.throughputPort = ports.throughput;
    this.#namespace = namespace;
    this.#env = {
      ...process.env,
      ...portsInEnv(ports),
      LANG: 'C.UTF-8',
      LC_ALL: '',
    };
  }

  /** Prepares a home without starting anything. */
  static async prepare({ config, home, namespace }: ProductOptions): Promise<Product> {
    if (config !== undefined) writeFileSync(join(home, 'campus-edge.yaml'), config);
    return new Product(home, await freeGatewayPorts(), namespace);
  }

  /** Starts everything. */
  run(): void {
    const child = this.#spawn(['up']);
    this.#up = child;
    const keep = (chunk: Buffer): void => {
      this.output += String(chunk);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
  }

  async ready(timeoutMs = 30_000): Promise<void> {
    await until('GET /readyz', async () => (await this.#status('/readyz')) === 200, { timeoutMs }).catch(
      (error: Error) => {
        throw new Error(`${error.message}\n${this.output.slice(-2000)}`);
      },
    );
    await until('`up` says where the console is', () => this.output.includes('Console:'));
  }

  /** Ends everything in order; returns the exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const child = this.#up;
    if (child === undefined) return null;
    this.#up = undefined;
    if (child.exitCode !== null) return child.exitCode;
    const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
    child.kill(signal);
    const code = await exited;
    clearTimeout(late);
    return code;
  }

  /** Ends everything at once, as a power cut does. */
  async killAll(): Promise<void> {
    const child = this.#up;
    if (child?.pid === undefined) return;
    this.#up = undefined;
    const pids = [child.pid, ...childrenOf(child.pid)];
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await until('all processes are gone', () => pids.every((pid) => !existsSync(`/proc/${pid}`)));
  }

  /** Process id of one of the three processes. */
  pid(name: 'gateway' | 'agent' | 'flows'): number {
    const parent = this.#up?.pid;
    const found = parent === undefined ? undefined : childrenOf(parent).find((pid) => argumentsOf(pid).includes(name));
    if (found === undefined) throw new Error(`${name} does not run\n${this.output.slice(-2000)}`);
    return found;
  }

  /** Runs a command of the command line to its end. */
  command(...args: string[]): { code: number | null; stdout: string; stderr: string } {
    const { status, stdout, stderr } = spawnSync(...this.#invocation(args), {
      env: this.#env,
      encoding: 'utf8',
      timeout: 30_000,
    });
    return { code: status, stdout, stderr };
  }

  /** Makes an account for a device. */
  addDevice(id: string): DeviceAccount {
    return JSON.parse(this.command('device', 'add', id, '--json').stdout) as DeviceAccount;
  }

  /** The generated administrator's password, as it was printed. */
  get password(): string {
    return /Password:\s+(\S+)/.exec(this.output)?.[1] ?? '';
  }

  /** POST on the API as an administrator's program, without a body. */
  async post(path: string): Promise<number> {
    // Tests that start a process and wait for it keep this one from seeing that the gateway has closed an idle connection.
    const headers = { authorization: `Bearer ${this.#adminToken()}`, connection: 'close' };
    const response = await fetch(`http://127.0.0.1:${this.httpPort}/api/v1/${path}`, { method: 'POST', headers });
    await response.body?.cancel();
    return response.status;
  }

  #adminToken(): string {
    this.#token ??=
      this.command('token', 'create', '--role', 'admin', '--name', 'test').stdout.trim().split('\n').at(-1) ?? '';
    return this.#token;
  }

  /** GET on the API as an administrator's program. */
  async get<T>(path: string): Promise<T> {
    const headers = { authorization: `Bearer ${this.#adminToken()}`, connection: 'close' };
    const url = `http://127.0.0.1:${this.httpPort}/api/v1/${path}`;
    if (this.#namespace !== undefined) {
      return JSON.parse(
        execFileSync(
          'ip',
          ['netns', 'exec', this.#namespace, 'curl', '-sS', '-H', `authorization: ${headers.authorization}`, url],
          {
            encoding: 'utf8',
          },
        ),
      ) as T;
    }
    const response = await fetch(url, { headers });
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  async #status(path: string): Promise<number> {
    try {
      if (this.#namespace !== undefined) {
        const url = `http://127.0.0.1:${this.httpPort}${path}`;
        const args = ['netns', 'exec', this.#namespace, 'curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', url];
        return Number(spawnSync('ip', args, { encoding: 'utf8' }).stdout);
      }
      return (await fetch(`http://127.0.0.1:${this.httpPort}${path}`)).status;
    } catch {
      return 0;
    }
  }

  #spawn(args: string[]): ChildProcess {
    return spawn(...this.#invocation(args), { env: this.#env, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  #invocation(args: string[]): [string, string[]] {
    const node = [process.execPath, PROGRAM, ...args, '--home', this.home];
    const [command = '', ...rest] =
      this.#namespace === undefined ? node : ['ip', 'netns', 'exec', this.#namespace, ...node];
    return [command, rest];
  }
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

function argumentsOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
}
