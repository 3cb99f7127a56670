import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { CampusError } from '../contract/errors.ts';

/** Where everything of one installation lies. Only these functions know the names inside a home. */
export interface Home {
  readonly dir: string;
  readonly configFile: string;
  readonly agentDir: string;
  readonly gatewayDir: string;
  readonly flowsDir: string;
  /**
   * What the gateway hands to the other two, a directory for each: theirs are their own, which it neither reads nor writes where each runs as
   * its own user.
   */
  readonly credentialsDir: string;
  /** The site's certificate authority and the gateway's certificate; made by the gateway. */
  readonly pkiDir: string;
}

/** MQTT credentials of one of the product's own processes, written by the gateway at its first start. */
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
    credentialsDir: join(dir, 'credentials'),
    pkiDir: join(dir, 'pki'),
  };
}

/** A process that has a part of the home to itself. */
export type HomeOwner = 'agent' | 'gateway' | 'flows';

/**
 * Opens a home directory, making it and its parts when they are missing (mode 0700).
 * @param owner the process that opens it: it needs its own part only, and may be unable to write any other
 * @throws CampusError `home_not_writable` with what to do
 */
export function openHome(dir: string, owner?: HomeOwner): Home {
  const home = homeAt(dir);
  // Above its part a process may be allowed to see nothing.
  const parts = owner === undefined ? [dir, home.agentDir, home.gatewayDir, home.flowsDir] : [partOf(home, owner)];
  try {
    for (const path of parts) makeDirectory(path);
    // A directory's mode says little (root, read-only mounts, full disks): only writing tells.
    const probe = join(owner === undefined ? dir : partOf(home, owner), `.writable-${randomBytes(4).toString('hex')}`);
    writeNewFile(probe, 'x');
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

function partOf(home: Home, owner: HomeOwner): string {
  return { agent: home.agentDir, gateway: home.gatewayDir, flows: home.flowsDir }[owner];
}

/** Makes a directory and what is missing above it. Node's own `recursive` never returns below a directory such as /proc. */
export function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  if (dirname(path) !== path) makeDirectory(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

/**
 * Writes a new file whose text is on the disk when this returns (O_SYNC, open(2)): without that a power cut could leave a name on an empty file.
 * An fsync would do the same, and is not to be had under Node's permission model, where flows run.
 */
function writeNewFile(path: string, text: string): void {
  const file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_SYNC, 0o600);
  try {
    writeFileSync(file, text);
  } finally {
    closeSync(file);
  }
}

/** What makes a directory one of a group: new files in it are the group's (set-group-ID), which may read them (inode(7)). */
const OF_A_GROUP = 0o2040;

/**
 * Writes a file that only its owner may read, whole or not at all. In a directory that is meant for a group, as those of the hand-over are
 * where each process runs as its own user, the group may read it, too.
 */
export function writePrivateFile(path: string, text: string): void {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  writeNewFile(temporary, text);
  if ((statSync(dirname(path)).mode & OF_A_GROUP) === OF_A_GROUP) chmodSync(temporary, 0o640);
  renameSync(temporary, path);
}

/** The file in which the gateway hands `agent` or `flows` its MQTT credentials. */
export function credentialsFile(home: Home, process: 'agent' | 'flows'): string {
  return join(home.credentialsDir, process, 'mqtt.json');
}

/** The file in which an administrator puts the credentials of a box whose gateway is elsewhere; older versions handed them over here. */
export function ownCredentialsFile(home: Home, process: 'agent' | 'flows'): string {
  return join(partOf(home, process), 'credentials.json');
}

/** The file of the secret by which the gateway shows the flows' editor that it is the gateway. */
export function editorSecretFile(home: Home): string {
  return join(home.credentialsDir, 'flows', 'editor.secret');
}

/**
 * Reads a process's credentials: those handed over, else those put there by hand; undefined while there are none, or none that are whole: the
 * gateway writes them anew at its start.
 */
export function readCredentials(home: Home, process: 'agent' | 'flows'): ProcessCredentials | undefined {
  return readCredentialsFile(credentialsFile(home, process)) ?? readCredentialsFile(ownCredentialsFile(home, process));
}

/** The credentials in one file; undefined when there is no such file, or it is not whole. */
export function readCredentialsFile(file: string): ProcessCredentials | undefined {
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
