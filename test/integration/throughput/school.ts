import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandView } from '../../../gateway/http/command-view.ts';
import { readEnrolment } from '../../../runtime/enrolment-file.ts';
import { homeAt } from '../../../runtime/home.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';
import { root } from '../../tidy/sources.ts';
import { setNameServers } from '../agent/name-servers.ts';
import { Namespace } from '../agent/namespace.ts';

const program = join(root, 'cli/campus-edge.js');
/** A machine that does much else at the same time. */
const START_MS = 120_000;

/** What a link carries to the school and from it, Mbit/s. */
export interface LinkRates {
  up: number;
  down: number;
}

export interface Room {
  device: string;
  home: string;
  namespace: Namespace;
  /** Runs `campus-edge` on the room's home to its end, however that is, and returns what it printed. */
  command: (...args: string[]) => string;
}

/**
 * A gateway in a namespace of its own, and rooms that are joined to it by links of known rates, in both families. In namespaces every port is
 * free: the product's own are used.
 */
export class School {
  readonly namespace = new Namespace();
  readonly home = temporaryDirectory();
  #token = '';
  #rooms = 0;

  /** @param config the text of campus-edge.yaml */
  static async start(config = ''): Promise<School> {
    const school = new School();
    writeFileSync(join(school.home, 'campus-edge.yaml'), config);
    school.namespace.start(process.execPath, program, 'gateway', '--home', school.home).stdout?.resume();
    await until('the gateway is ready', () => school.#curl('GET', '/readyz').status === 200, { timeoutMs: START_MS });
    school.#token = school.command('token', 'create', '--role', 'operator').trim().split('\n').at(-1) ?? '';
    return school;
  }

  /** Runs `campus-edge` on the gateway's home to its end. */
  command(...args: string[]): string {
    return this.namespace.exec(process.execPath, program, ...args, '--home', this.home);
  }

  /** The same, however it ends: what it printed. */
  tryCommand(...args: string[]): string {
    return this.namespace.execQuietly(process.execPath, program, ...args, '--home', this.home);
  }

  /** Starts the agent of the gateway's own machine, and waits until it is online. */
  async startOwnAgent(): Promise<void> {
    this.namespace.start(process.execPath, program, 'agent', '--home', this.home).stdout?.resume();
    const isOnline = (): boolean =>
      (this.get('devices').body as { devices?: { online: boolean }[] }).devices?.some(({ online }) => online) ?? false;
    await until('the own agent is online', isOnline, { timeoutMs: START_MS });
  }

  /** Joins a room by a link of its own, and waits until its agent is online. It knows the gateway by an address of IPv4 alone. */
  async addRoom(device: string, rates: LinkRates, agentConfig = ''): Promise<Room> {
    this.#rooms += 1;
    const [prefix4, prefix6, link] = [`198.51.${this.#rooms}`, `2001:db8:${this.#rooms}:`, `room${this.#rooms}`];
    const namespace = new Namespace();
    this.namespace.ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'school0', 'netns', namespace.name);
    for (const [end, name, host, rate] of [
      [this.namespace, link, 1, rates.down],
      [namespace, 'school0', 2, rates.up],
    ] as const) {
      end.ip('address', 'add', `${prefix4}.${host}/24`, 'dev', name);
      end.ip('address', 'add', `${prefix6}:${host}/64`, 'dev', name, 'nodad');
      end.ip('link', 'set', name, 'up');
      end.exec('tc', 'qdisc', 'add', 'dev', name, 'root', 'tbf', ...shape(rate));
    }
    setNameServers(namespace, [`${prefix4}.1`, `${prefix6}:1`]);
    const home = temporaryDirectory();
    writeFileSync(join(home, 'campus-edge.yaml'), agentConfig);
    const run = (...args: string[]): string =>
      namespace.execQuietly(process.execPath, program, ...args, '--home', home);
    await until(
      `${device} has joined`,
      () => {
        const token = this.command('join-token', 'create').trim().split('\n').at(-1) ?? '';
        run('enroll', '--gateway', `https://${prefix4}.1:8443`, '--token', token, '--device', device);
        return readEnrolment(homeAt(home)) !== undefined;
      },
      { timeoutMs: START_MS },
    );
    namespace.start(process.execPath, program, 'agent', '--home', home).stdout?.resume();
    await until(`${device} is online`, () => this.get(`devices/${device}`).body['online'] === true, {
      timeoutMs: START_MS,
    });
    return { device, home, namespace, command: run };
  }

  /** Commands a measurement, as an operator. */
  measure(device: string, choice: object = {}): { status: number; body: CommandView & { code?: string } } {
    return this.ask(device, { command: 'throughput', arguments: choice });
  }

  /** Commands anything, as an operator. */
  ask(device: string, command: object): { status: number; body: CommandView & { code?: string } } {
    return this.#curl('POST', `/api/v1/devices/${device}/commands`, JSON.stringify(command)) as never;
  }

  /** A command as it is now. */
  status({ device, id }: Pick<CommandView, 'device' | 'id'>): CommandView {
    return this.get(`devices/${device}/commands/${id}`).body as CommandView;
  }

  /** Waits for a command's end. */
  ended(command: Pick<CommandView, 'device' | 'id'>): Promise<CommandView> {
    return until(
      'the command has ended',
      () => {
        const status = this.status(command);
        return status.state === 'done' || status.state === 'failed' ? status : undefined;
      },
      { timeoutMs: 90_000, everyMs: 200 },
    );
  }

  get(path: string): { status: number; body: Record<string, unknown> } {
    return this.#curl('GET', `/api/v1/${path}`);
  }

  /** Whether anything listens on the port of iperf3. */
  get listensForIperf3(): boolean {
    return this.namespace.exec('ss', '-Hlnt', 'sport', '=', ':5201') !== '';
  }

  #curl(method: string, path: string, body?: string): { status: number; body: Record<string, unknown> } {
    const answer = this.namespace.execQuietly(
      ...(['curl', '-s', '-X', method, '-H', `authorization: Bearer ${this.#token}`] as const),
      ...(body === undefined ? [] : ['-H', 'content-type: application/json', '-d', body]),
      ...['-w', '\n%{http_code}', `http://127.0.0.1:8080${path}`],
    );
    const lines = answer.split('\n');
    const status = Number(lines.pop());
    const text = lines.join('\n');
    return { status, body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {} };
  }
}

function shape(mbit: number): string[] {
  return ['rate', `${mbit}mbit`, 'burst', '64k', 'latency', '50ms'];
}
