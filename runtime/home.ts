import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CampusError } from '../contract/errors.ts';

/** Where everything of one installation lies. Only these functions know the names inside a home. */
export interface Home {
  readonly dir: string;
  readonly configFile: string;
  readonly agentDir: string;
  readonly gatewayDir: string;
  readonly flowsDir: string;
  /** The site's certificate authority and the gateway's certificate; made by the gateway. */
  readonly pkiDir: string;
}

/** MQTT credentials of one of the product's own processes, written by the gateway at its first start, mode 0600. */
export interface ProcessCredentials {
  site: string;
  username: string;
  password: string;
  /** The site's certificate authority as PEM, where the gateway is reached over a network. */
  ca?: string;
}

/** The paths of a home, which need not exist: who only reads makes no home. */
export function homeAt(dir: string): Home {
  return {
    dir,
    configFile: join(dir, 'campus-edge.yaml'),
    agentDir: join(dir, 'agent'),
    gatewayDir: join(dir, 'gateway'),
    flowsDir: join(dir, 'flows'),
    pkiDir: join(dir, 'pki'),
  };
}

/**
 * Opens a home directory, making it and its parts when they are missing (mode 0700).
 * @throws CampusError `home_not_writable` with what to do
 */
export function openHome(dir: string): Home {
  const home = homeAt(dir);
  try {
    for (const path of [dir, home.agentDir, home.gatewayDir, home.flowsDir]) {
      makeDirectory(path);
    }
    // A directory's mode says little (root, read-only mounts, full disks): only writing tells.
    const probe = join(dir, `.writable-${randomBytes(4).toString('hex')}`);
    writeFileSync(probe, 'x', { flush: true });
    rmSync(probe);
  } catch (error) {
    // A full disk is when people need the console: what is there can be shown, and what cannot be stored is not acknowledged.
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC' && existsSync(home.gatewayDir)) return home;
    throw new CampusError(
      'home_not_writable',
      `cannot write the home directory ${dir} (${(error as NodeJS.ErrnoException).code ?? error}): choose another with --home DIR or CAMPUS_HOME, or make it writable`,
      { cause: error },
    );
  }
  return home;
}

/** Makes a directory, mode 0700, and what is missing above it. Node's own `recursive` never returns below a directory such as /proc. */
export function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  if (dirname(path) !== path) makeDirectory(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

/** Writes a file that only its owner may read, whole or not at all. */
export function writePrivateFile(path: string, text: string): void {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  // Without the flush a power cut could leave the new name on an empty file.
  writeFileSync(temporary, text, { mode: 0o600, flush: true });
  renameSync(temporary, path);
}

/** The file that holds the MQTT credentials of `agent` or `flows`. */
export function credentialsFile(home: Home, process: 'agent' | 'flows'): string {
  return join(process === 'agent' ? home.agentDir : home.flowsDir, 'credentials.json');
}

/** Reads a process's credentials; undefined while the gateway has not written them, or not whole: it writes them anew at its start. */
export function readCredentials(home: Home, process: 'agent' | 'flows'): ProcessCredentials | undefined {
  const file = credentialsFile(home, process);
  if (!existsSync(file)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return isCredentials(value) ? value : undefined;
}

function isCredentials(value: unknown): value is ProcessCredentials {
  if (typeof value !== 'object' || value === null) return false;
  if ('ca' in value && typeof value.ca !== 'string') return false;
  return ['site', 'username', 'password'].every((key) => typeof Reflect.get(value, key) === 'string');
}
