import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const DEBIAN_SCRIPT = fileURLToPath(new URL('../../debian-packages.sh', import.meta.url));

/** Node-RED itself is the project's own, which is the newest one. */
const NODE_RED_INFLUX = 'node-red-contrib-influxdb@0.7.0';

/**
 * Installs what MING needs and this machine lacks: mosquitto and influxdb from Debian, and Node-RED's InfluxDB nodes from npm into a
 * cache directory outside of the checkout. Says on standard error what it does.
 * @returns the directory whose `node_modules` has the nodes
 * @throws Error that says what to run when it cannot be installed
 */
export function installMing(): string {
  const debian = spawnSync('sh', [DEBIAN_SCRIPT, 'mosquitto', 'influxdb'], { stdio: ['ignore', 2, 2] });
  if (debian.status !== 0) throw new Error('the peer needs the Debian packages mosquitto and influxdb');
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'campus-edge-bench');
  if (existsSync(join(cache, 'node_modules/node-red-contrib-influxdb/package.json'))) return cache;
  mkdirSync(cache, { recursive: true });
  console.error(`Installing for the peer: ${NODE_RED_INFLUX} into ${cache}`);
  const args = ['install', '--no-audit', '--no-fund', '--prefix', cache, NODE_RED_INFLUX];
  const npm = spawnSync('npm', args, { stdio: ['ignore', 2, 2] });
  if (npm.status !== 0) throw new Error(`the peer needs ${NODE_RED_INFLUX}: \`npm ${args.join(' ')}\` failed`);
  return cache;
}
