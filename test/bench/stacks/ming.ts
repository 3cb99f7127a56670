import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../support/free-port.ts';
import { until } from '../../support/until.ts';
import type { Cleanup } from '../cleanup.ts';
import type { Account } from '../load/account.ts';
import { endProcess, type Server, startServer } from '../processes.ts';
import { temporaryDir } from '../temporary-dir.ts';
import { anonymousAccounts } from './accounts.ts';
import { InfluxDb } from './influxdb.ts';
import { mingFlows } from './ming-flows.ts';
import { installMing } from './ming-packages.ts';
import type { Stack } from './stack.ts';

/**
 * `default`: each as it comes, with the broker's persistence on. `tuned`: of somebody who knows the three, with a session that the
 * broker keeps, no limit to its queue and batches to InfluxDB. `nodelay`: the default with TCP_NODELAY on broker and Node-RED.
 */
export const mingVariants = ['default', 'tuned', 'nodelay'] as const;
export type MingVariant = (typeof mingVariants)[number];

/** Node-RED has said that it is connected and has yet to subscribe. */
const SUBSCRIBING_MS = 1000;

const nodeRed = createRequire(import.meta.url).resolve('node-red/red.js');

/** mosquitto → Node-RED → InfluxDB 1.6 on free loopback ports: the stack that a school would build. */
export class Ming implements Stack {
  readonly name: string;
  /** Nothing in it waits for longer than a second, or tries again. */
  readonly quietMs = 8000;
  readonly parts = ['mosquitto', 'influxd', 'node-red'];
  readonly mqttPort: number;
  readonly accounts: readonly Account[];
  readonly influx: InfluxDb;
  readonly #mosquitto: Server;
  readonly #nodeRed: Server;

  private constructor(
    running: { variant: MingVariant; mqttPort: number; accounts: readonly Account[] },
    servers: { mosquitto: Server; influx: InfluxDb; nodeRed: Server },
  ) {
    this.name = running.variant === 'default' ? 'MING' : `MING ${running.variant}`;
    this.mqttPort = running.mqttPort;
    this.accounts = running.accounts;
    this.influx = servers.influx;
    this.#mosquitto = servers.mosquitto;
    this.#nodeRed = servers.nodeRed;
  }

  /**
   * Starts the three on empty directories and resolves when Node-RED listens.
   * @param settle false to resolve when it has connected, before it has subscribed
   */
  static async start(
    cleanup: Cleanup,
    { devices, variant = 'default', settle = true }: { devices: number; variant?: MingVariant; settle?: boolean },
  ): Promise<Ming> {
    const packages = installMing();
    const dir = temporaryDir('ming', cleanup);
    const mqttPort = await freePort();
    const mosquitto = startMosquitto(dir, mqttPort, variant);
    cleanup.defer(() => endProcess(mosquitto.child));
    const influx = await InfluxDb.start(join(dir, 'influx'), cleanup);
    await until('mosquitto listens', () => accepts(mqttPort));
    const nodeRed = await startNodeRed(dir, { mqttPort, influxPort: influx.port, packages, variant }, cleanup);
    if (settle) await delay(SUBSCRIBING_MS);
    return new Ming({ variant, mqttPort, accounts: anonymousAccounts(devices) }, { mosquitto, influx, nodeRed });
  }

  pid(part: string): number {
    if (part === 'influxd') return this.influx.pid;
    return (part === 'mosquitto' ? this.#mosquitto : this.#nodeRed).child.pid ?? 0;
  }

  counts(): Promise<number[]> {
    return this.influx.counts();
  }

  sequences(device: string): Promise<number[]> {
    return this.influx.sequences(device);
  }
}

function startMosquitto(dir: string, port: number, variant: MingVariant): Server {
  const data = join(dir, 'mosquitto');
  mkdirSync(data);
  const settings = [
    // Debian's package starts it as root, which then becomes this user; started by hand it must not.
    ...(process.getuid?.() === 0 ? ['user root'] : []),
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    'persistence true',
    `persistence_location ${data}/`,
    'log_dest stderr',
    ...(variant === 'tuned' ? ['max_queued_messages 0', 'autosave_on_changes true', 'autosave_interval 100'] : []),
    ...(variant === 'nodelay' ? ['set_tcp_nodelay true'] : []),
  ];
  const config = join(dir, 'mosquitto.conf');
  writeFileSync(config, `${settings.join('\n')}\n`);
  return startServer('mosquitto', ['-c', config], { cwd: dir, env: withSystemPath() });
}

async function startNodeRed(
  dir: string,
  options: { mqttPort: number; influxPort: number; packages: string; variant: MingVariant },
  cleanup: Cleanup,
): Promise<Server> {
  const { mqttPort, influxPort, packages, variant } = options;
  const userDir = join(dir, 'node-red');
  mkdirSync(userDir);
  symlinkSync(join(packages, 'node_modules'), join(userDir, 'node_modules'));
  const settings = join(userDir, 'settings.js');
  writeFileSync(settings, nodeRedSettings(await freePort(), variant));
  const flows = mingFlows({ mqttPort, influxPort, tuned: variant === 'tuned' });
  writeFileSync(join(userDir, 'flows.json'), JSON.stringify(flows));
  const env = { PATH: process.env['PATH'], HOME: dir, NODE_ENV: 'production' };
  const server = startServer(process.execPath, [nodeRed, '-u', userDir, '-s', settings], { cwd: dir, env });
  cleanup.defer(() => endProcess(server.child));
  await until('Node-RED connects', () => server.tail().includes('Connected to broker'), { timeoutMs: 60_000 }).catch(
    (error: Error) => {
      throw new Error(`${error.message}\n${server.tail()}`);
    },
  );
  return server;
}

/** Node-RED's own defaults, on loopback, and without asking whether it may report its use. */
function nodeRedSettings(port: number, variant: MingVariant): string {
  const defaults = createRequire(import.meta.url).resolve('node-red/settings.js');
  const noDelay = `const net = require('net');
for (const name of ['connect', 'createConnection']) {
  const original = net[name];
  net[name] = (...args) => original(...args).setNoDelay(true);
}
`;
  return `${variant === 'nodelay' ? noDelay : ''}module.exports = {
  ...require(${JSON.stringify(defaults)}),
  uiPort: ${port}, uiHost: '127.0.0.1', flowFile: 'flows.json', credentialSecret: false, telemetry: { enabled: false },
};
`;
}

/** Debian keeps servers in /usr/sbin, which is not on everybody's path. */
function withSystemPath(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
