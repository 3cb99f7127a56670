import { Command, InvalidArgumentError, Option } from 'commander';
import type { BenchContext, BenchOutcome } from './bench.ts';
import { measureAgent } from './benches/agent.ts';
import { measureAlertLatency } from './benches/alert-latency.ts';
import { measureDevices } from './benches/devices.ts';
import { measureDisk } from './benches/disk.ts';
import { measureFootprint } from './benches/footprint.ts';
import { measureIngest } from './benches/ingest.ts';
import { measureQuery } from './benches/query.ts';
import { measureRules } from './benches/rules.ts';
import { measureStart } from './benches/start.ts';

/** One benchmark as it was asked for on the command line. */
export interface Requested {
  name: string;
  rounds: number;
  json: boolean;
  /** What the figures depend on. */
  options: Record<string, number | boolean | string>;
  measure: (context: BenchContext) => Promise<BenchOutcome>;
}

/** What `report` is to do. */
export interface ReportRequest {
  files: string[];
}

export interface Actions {
  bench: (requested: Requested) => Promise<void>;
  report: (request: ReportRequest) => void;
}

interface Common {
  peer?: 'ming';
  /** Absent unless it was given. */
  rounds?: number;
  json: boolean;
}

/** Rounds when none are asked for: one figure says nothing about how far two of them differ. */
const ROUNDS = { withPeer: 3, alone: 1 };

const ABOUT = `Measures this checkout, alone or beside the stack that a school would build (mosquitto, Node-RED and InfluxDB: MING).
A ratio is ours divided by the peer's. The machine's other work shows in every figure: compare within one call only.`;

/** The benchmarks' command line. */
export function createProgram(actions: Actions): Command {
  const program = new Command('npm run bench --')
    .description(ABOUT)
    .helpCommand(false)
    .showHelpAfterError()
    .exitOverride();
  addIngest(program, actions);
  addQuery(program, actions);
  addAlertLatency(program, actions);
  addFootprint(program, actions);
  addDisk(program, actions);
  addStart(program, actions);
  addDevices(program, actions);
  addRules(program, actions);
  addAgent(program, actions);
  program
    .command('report <files...>')
    .description('writes the table of docs/performance.md from files that hold --json lines')
    .action((files: string[]) => actions.report({ files }));
  return program;
}

function addIngest(program: Command, { bench }: Actions): void {
  withPeer(benchCommand(program, 'ingest', 'publish to stored and countable: flat out, and CPU per metric at one rate'))
    .addOption(integer('--clients <n>', 'devices that publish', 50, [1, 5000]))
    .addOption(integer('--window <n>', 'messages of a device that may wait for PUBACK', 20, [1, 1000]))
    .addOption(integer('--seconds <n>', 'how long each trial publishes', 15, [1, 3600]))
    .addOption(integer('--warm-up-seconds <n>', 'how long other devices publish before', 0, [0, 3600]))
    .addOption(integer('--rate <n>', 'messages/s to compare CPU at, without --peer', 2400, [1, 1_000_000]))
    .option('--telegraf', 'bare Telegraf messages, without boot and seq', false)
    .option('--limits', 'also raw DuckDB appends and bare Aedes, and our share of the slower', false)
    .option('--profile <dir>', 'leave CPU profiles of our processes there')
    .action((options: Common & Omit<Parameters<typeof measureIngest>[0], 'peer'> & { profile?: string }) => {
      const { profile, ...rest } = common(options);
      return bench({
        ...requested('ingest', options),
        measure: (context) => measureIngest({ ...rest, profileDir: profile }, context),
      });
    });
}

function addQuery(program: Command, { bench }: Actions): void {
  withPeer(benchCommand(program, 'query', 'hours of many devices, averaged to 5 minutes by device'))
    .addOption(integer('--devices <n>', 'devices', 100, [1, 150]))
    .addOption(integer('--hours <n>', 'hours of history', 24, [1, 24]))
    .addOption(integer('--every-seconds <n>', 'between two samples of a device', 10, [1, 300]))
    .addOption(integer('--repeats <n>', 'queries of each side in a round', 10, [1, 1000]))
    .action((options: Common & Omit<Parameters<typeof measureQuery>[0], 'peer'>) =>
      bench({ ...requested('query', options), measure: (context) => measureQuery(common(options), context) }),
    );
}

function addAlertLatency(program: Command, { bench }: Actions): void {
  withPeer(benchCommand(program, 'alert-latency', 'crossing sample published to alert received, under load'))
    .addOption(integer('--rate <n>', 'background load, messages/s', 500, [1, 100_000]))
    .addOption(integer('--samples <n>', 'crossings', 300, [10, 100_000]))
    .action((options: Common & Omit<Parameters<typeof measureAlertLatency>[0], 'peer'>) =>
      bench({
        ...requested('alert-latency', options),
        measure: (context) => measureAlertLatency(common(options), context),
      }),
    );
}

function addFootprint(program: Command, { bench }: Actions): void {
  withPeer(benchCommand(program, 'footprint', 'memory and CPU of gateway and flows, idle and with devices that report'))
    .addOption(integer('--devices <n>', 'devices', 200, [1, 10_000]))
    .addOption(integer('--every-seconds <n>', 'between two messages of a device', 10, [1, 3600]))
    .addOption(integer('--seconds <n>', 'how long each state is measured', 30, [1, 3600]))
    .option('--agent', 'run the agent, too; it is not in the totals', false)
    .action((options: Common & Omit<Parameters<typeof measureFootprint>[0], 'peer'>) =>
      bench({ ...requested('footprint', options), measure: (context) => measureFootprint(common(options), context) }),
    );
}

function addDisk(program: Command, { bench }: Actions): void {
  withPeer(benchCommand(program, 'disk', 'bytes for each stored field value, packed'))
    .addOption(integer('--samples <n>', 'field values to store', 2_000_000, [1000, 100_000_000]))
    .addOption(integer('--devices <n>', 'devices they come from', 50, [1, 5000]))
    .addOption(integer('--every-seconds <n>', 'between two samples of a device', 10, [1, 3600]))
    .action((options: Common & Omit<Parameters<typeof measureDisk>[0], 'peer'>) =>
      bench({ ...requested('disk', options), measure: (context) => measureDisk(common(options), context) }),
    );
}

function addStart(program: Command, { bench }: Actions): void {
  withPeer(benchCommand(program, 'start', '`up` to /readyz and to the first sample that can be queried')).action(
    (options: Common) =>
      bench({ ...requested('start', options), measure: (context) => measureStart(common(options), context) }),
  );
}

function addDevices(program: Command, { bench }: Actions): void {
  benchCommand(program, 'devices', 'many connected devices on one gateway: memory, CPU, growth, everybody heard')
    .addOption(integer('--devices <n>', 'devices', 10_000, [1, 12_000]))
    .addOption(integer('--minutes <n>', 'how long they report', 10, [1, 600]))
    .addOption(integer('--every-seconds <n>', 'between two messages of a device', 10, [1, 3600]))
    .action((options: Omit<Common, 'rounds'> & Parameters<typeof measureDevices>[0]) =>
      bench({
        ...requested('devices', { ...options, rounds: 1 }),
        measure: (context) => measureDevices(options, context),
      }),
    );
}

function addRules(program: Command, { bench }: Actions): void {
  benchCommand(program, 'rules', 'many rules over many devices: CPU of the flows, and from sample to alert beside them')
    .addOption(integer('--rounds <n>', 'rounds', 1, [1, 100]))
    .addOption(integer('--rules <n>', 'rules of all kinds', 1000, [1, 10_000]))
    .addOption(integer('--devices <n>', 'devices', 200, [1, 5000]))
    .addOption(integer('--rate <n>', 'messages/s', 100, [1, 100_000]))
    .addOption(integer('--seconds <n>', 'how long CPU is measured', 20, [1, 3600]))
    .addOption(integer('--samples <n>', 'crossings', 100, [10, 100_000]))
    .action((options: Common & Parameters<typeof measureRules>[0]) =>
      bench({ ...requested('rules', options), measure: (context) => measureRules(options, context) }),
    );
}

function addAgent(program: Command, { bench }: Actions): void {
  benchCommand(program, 'agent', 'the agent with every collector at its default: CPU, memory, processes started')
    .option('--peers', 'measure node_exporter, collectd and netdata in turn: installs what is missing', false)
    .addOption(integer('--minutes <n>', 'how long each is measured', 2, [1, 60]))
    .addOption(rounds())
    .action((options: Common & { peers: boolean; minutes: number }) =>
      bench({
        ...requested('agent', options),
        measure: (context) => measureAgent({ ...options, rounds: roundsOf(options) }, context),
      }),
    );
}

function benchCommand(program: Command, name: string, description: string): Command {
  return program.command(name).description(description).option('--json', 'end with one line of JSON', false);
}

function withPeer(command: Command): Command {
  const peer = new Option('--peer <name>', 'measure this stack in turn: installs what is missing of it').choices([
    'ming',
  ]);
  return command.addOption(peer).addOption(rounds());
}

function rounds(): Option {
  const description = `rounds, whose medians are the figures (default: ${ROUNDS.withPeer} with --peer, else ${ROUNDS.alone})`;
  return new Option('--rounds <n>', description).argParser(wholeNumber([1, 100]));
}

function integer(flags: string, description: string, fallback: number, range: [number, number]): Option {
  return new Option(flags, description).default(fallback).argParser(wholeNumber(range));
}

function wholeNumber([least, most]: [number, number]): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}`);
  };
}

function roundsOf({ rounds, peer }: Common): number {
  return rounds ?? (peer === undefined ? ROUNDS.alone : ROUNDS.withPeer);
}

/** The options as a measurement takes them. */
function common<T extends Common>(options: T): Omit<T, 'peer' | 'json' | 'rounds'> & { peer: boolean; rounds: number } {
  const { peer, json: _json, rounds: _rounds, ...rest } = options;
  return { ...rest, peer: peer !== undefined, rounds: roundsOf(options) };
}

function requested(name: string, options: Common): Omit<Requested, 'measure'> {
  const { json, rounds: _rounds, peer: _peer, ...rest } = options;
  return { name, rounds: roundsOf(options), json, options: rest };
}
