import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../support/free-port.ts';
import { until } from '../../support/until.ts';
import type { Cleanup } from '../cleanup.ts';
import { temporaryDir } from '../temporary-dir.ts';
import { Contained } from './contained.ts';

/** Another agent, as Debian has it. */
export interface PeerAgent {
  name: 'node_exporter' | 'collectd' | 'netdata';
  package: string;
  start: (cleanup: Cleanup) => Promise<RunningPeer>;
}

export interface RunningPeer {
  contained: Contained;
  /** What asks it for its figures, where it measures only then. */
  scrape?: string;
}

/** Before it listens it looks at the whole machine, by a script. */
const NETDATA_START_MS = 90_000;

const DEBIAN_SCRIPT = fileURLToPath(new URL('../../debian-packages.sh', import.meta.url));

export const peerAgents: readonly PeerAgent[] = [
  { name: 'node_exporter', package: 'prometheus-node-exporter', start: startNodeExporter },
  { name: 'collectd', package: 'collectd-core', start: startCollectd },
  { name: 'netdata', package: 'netdata', start: startNetdata },
];

/** Installs those that are missing; what cannot be had is said, and left out. */
export function installPeerAgents(note: (text: string) => void): readonly PeerAgent[] {
  return peerAgents.filter(({ package: name }) => {
    const installed = spawnSync('sh', [DEBIAN_SCRIPT, name], { stdio: ['ignore', 2, 2] }).status === 0;
    if (!installed) note(`${name} cannot be installed here: it is left out`);
    return installed;
  });
}

async function startNodeExporter(cleanup: Cleanup): Promise<RunningPeer> {
  const address = `127.0.0.1:${await freePort()}`;
  const cwd = temporaryDir('node-exporter', cleanup);
  const contained = await Contained.start(
    cleanup,
    ['prometheus-node-exporter', `--web.listen-address=${address}`, '--log.level=error'],
    { cwd },
  );
  return { contained, scrape: `http://${address}/metrics` };
}

/** The plugins that Debian's collectd.conf reads by default, every 10 s as there; what they measure goes to files, as Debian's goes to RRD files. */
const collectdReads = [
  'battery',
  'cpu',
  'df',
  'disk',
  'entropy',
  'interface',
  'irq',
  'load',
  'memory',
  'processes',
  'swap',
  'users',
];

async function startCollectd(cleanup: Cleanup): Promise<RunningPeer> {
  const cwd = temporaryDir('collectd', cleanup);
  const config = join(cwd, 'collectd.conf');
  const lines = [
    ...['FQDNLookup false', `BaseDir "${cwd}"`, `PIDFile "${join(cwd, 'pid')}"`, 'Interval 10'],
    ...['csv', ...collectdReads].map((plugin) => `LoadPlugin ${plugin}`),
    `<Plugin csv>\n  DataDir "${join(cwd, 'csv')}"\n</Plugin>`,
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  return { contained: await Contained.start(cleanup, ['collectd', '-f', '-C', config], { cwd }) };
}

/** As Debian sets it up, but for its directories and its port. */
async function startNetdata(cleanup: Cleanup): Promise<RunningPeer> {
  const cwd = temporaryDir('netdata', cleanup);
  const config = join(cwd, 'netdata.conf');
  const port = await freePort();
  for (const name of ['cache', 'lib', 'log']) mkdirSync(join(cwd, name));
  const directories = ['cache', 'lib', 'log'].map((name) => `  ${name} = ${join(cwd, name)}`);
  const web = `[web]\n  bind to = 127.0.0.1\n  default port = ${port}`;
  const own = '[global]\n  run as user = root\n[cloud]\n  enabled = no';
  writeFileSync(config, `${own}\n[directories]\n${directories.join('\n')}\n${web}\n`);
  // It tells nobody that it runs.
  const env = { ...process.env, DO_NOT_TRACK: '1', DISABLE_TELEMETRY: '1' };
  const contained = await Contained.start(cleanup, ['netdata', '-D', '-c', config, '-P', join(cwd, 'pid')], {
    cwd,
    env,
  });
  await until('netdata answers', () => answers(`http://127.0.0.1:${port}/api/v1/info`), {
    timeoutMs: NETDATA_START_MS,
  });
  return { contained };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    // Nobody listens yet.
    return false;
  }
}
