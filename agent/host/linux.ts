import { execFile } from 'node:child_process';
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { open, readdir, readlink, stat, statfs } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { CampusError } from '../../contract/errors.ts';
import { createBootClock } from './boot-clock.ts';
import type {
  ConnectOptions,
  ConnectOutcome,
  FileSystemUsage,
  Host,
  RunOptions,
  SerialLine,
  SerialOptions,
  UdpExchange,
  UdpOptions,
} from './host.ts';
import { createLookup } from './lookup.ts';
import { openSerial } from './serial.ts';
import { openUdp } from './udp.ts';
import type { Visit, VisitOptions } from './visit.ts';

/** A router that carries the whole Internet has a /proc/net/ipv6_route larger than this; a school's box does not. */
const READ_MAX_BYTES = 1024 * 1024;
const CHUNK_BYTES = 16 * 1024;
const SYSTEM_PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
const STATFS_TIMEOUT_MS = 2000;
/** Of st_mode (inode(7)): read, write and execute, set-id and sticky. */
const PERMISSION_BITS = 0o7777;

/** How the kernel says "no such thing" and, in sysfs, "no value just now" (Documentation/ABI/testing/sysfs-class-net, hwmon drivers). */
const ABSENT_CODES = new Set([
  'ENOENT',
  'ENOTDIR',
  'EINVAL',
  'ENODEV',
  'ENXIO',
  'ENODATA',
  'EAGAIN',
  'EIO',
  'EREMOTEIO',
  'EOPNOTSUPP',
  'ENOTSUP',
  'ESRCH',
]);

const execFileAsync = promisify(execFile);

export interface LinuxHostOptions {
  /** Where the machine's tree begins; a tree other than `/` is a capture, about which this machine's commands know nothing. */
  root?: string;
  /** A directory of programs that go with such a tree; by default there are none. */
  programs?: string;
  monotonicMs?: () => number;
  now?: () => number;
}

/** The machine this process runs on, or a capture of one in a directory. */
export class LinuxHost implements Host {
  readonly #root: string;
  /** Where programs are looked for; undefined where there are none. */
  readonly #path: string | undefined;
  readonly #statfsPending = new Set<string>();
  readonly lookup = createLookup();
  readonly monotonicMs: () => number;
  readonly now: () => number;

  constructor({ root = '/', programs, monotonicMs = createBootClock(), now = Date.now }: LinuxHostOptions = {}) {
    this.#root = root;
    this.#path = programs ?? (root === '/' ? SYSTEM_PATH : undefined);
    this.monotonicMs = monotonicMs;
    this.now = now;
  }

  async readFile(path: string, maxBytes: number = READ_MAX_BYTES): Promise<string | undefined> {
    const real = join(this.#root, path);
    return unlessAbsent(async () => {
      const chunks = isProc(path) ? readSyncInChunks(real, maxBytes) : await readInChunks(real, maxBytes);
      if (chunks !== undefined) return Buffer.concat(chunks).toString('utf8');
      throw new CampusError('parse_failed', `${path}: expected at most ${maxBytes} bytes, got more`);
    });
  }

  async readDir(path: string): Promise<string[] | undefined> {
    const real = join(this.#root, path);
    return unlessAbsent(async () => (isProc(path) ? readdirSync(real) : await readdir(real)).sort());
  }

  async readLink(path: string): Promise<string | undefined> {
    return unlessAbsent(() => readlink(join(this.#root, path)));
  }

  async fileMode(path: string): Promise<number | undefined> {
    return unlessAbsent(async () => (await stat(join(this.#root, path))).mode & PERMISSION_BITS);
  }

  /** A call into a dead server cannot be taken back, so a path is not asked again before it has answered. */
  async statfs(path: string): Promise<FileSystemUsage | undefined> {
    if (this.#statfsPending.has(path)) return undefined;
    this.#statfsPending.add(path);
    const answer = unlessAbsent(() => statfs(join(this.#root, path))).finally(() => this.#statfsPending.delete(path));
    const timeout = new AbortController();
    const late = delay(STATFS_TIMEOUT_MS, undefined, { signal: timeout.signal, ref: false }).catch(() => undefined);
    const usage = await Promise.race([answer, late]).finally(() => timeout.abort());
    if (usage === undefined) {
      answer.catch(() => undefined);
      return undefined;
    }
    return {
      blockBytes: usage.frsize || usage.bsize,
      blocks: usage.blocks,
      blocksFree: usage.bfree,
      blocksAvailable: usage.bavail,
      inodes: usage.files,
      inodesFree: usage.ffree,
    };
  }

  async run(command: string, args: readonly string[], options: RunOptions): Promise<string | undefined> {
    const path = this.#path;
    if (path === undefined) return undefined;
    const { signal, timeoutMs, maxBytes, exitCodes = [], interruptAfterMs } = options;
    return unlessAbsent(async () => {
      const running = execFileAsync(command, args, {
        signal,
        timeout: timeoutMs,
        maxBuffer: maxBytes,
        env: { PATH: path, LC_ALL: 'C' },
      });
      const interrupt =
        interruptAfterMs === undefined ? undefined : setTimeout(() => running.child.kill('SIGINT'), interruptAfterMs);
      const answered = running.catch((error: { code?: unknown; stdout: string }) => {
        if (typeof error.code === 'number' && exitCodes.includes(error.code)) return error;
        throw error;
      });
      const { stdout } = await answered.finally(() => clearTimeout(interrupt));
      return stdout;
    });
  }

  openSerial(path: string, options: SerialOptions): Promise<SerialLine | undefined> {
    return openSerial(join(this.#root, path), options);
  }

  connect({ address, port, timeoutMs }: ConnectOptions): Promise<ConnectOutcome> {
    return new Promise((resolve) => {
      const socket = connect({ host: address, port, noDelay: true });
      const settle = (outcome: ConnectOutcome): void => {
        socket.destroy();
        resolve(outcome);
      };
      socket.setTimeout(timeoutMs, () => settle('failed'));
      socket.once('connect', () => settle('open'));
      socket.once('error', (error: NodeJS.ErrnoException) =>
        settle(error.code === 'ECONNREFUSED' ? 'refused' : 'failed'),
      );
    });
  }

  openUdp(options: UdpOptions): Promise<UdpExchange> {
    return openUdp(options, this.monotonicMs);
  }

  /** TLS is loaded when somebody is visited, and not before. */
  async visit(options: VisitOptions): Promise<Visit> {
    const { visit } = await import('./visit.ts');
    return visit(options);
  }
}

/** Files of /proc are made in memory and never wait for a device: read at once they cost a fifth of a trip through the thread pool. */
function isProc(path: string): boolean {
  return path.startsWith('/proc/') || path === '/proc';
}

async function unlessAbsent<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (ABSENT_CODES.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** The chunks of a file up to its end, whatever size it claims; undefined when there are more than `maxBytes`. */
function readSyncInChunks(path: string, maxBytes: number): Buffer[] | undefined {
  const descriptor = openSync(path, 'r');
  try {
    const chunks: Buffer[] = [];
    for (let total = 0; total <= maxBytes; ) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const count = readSync(descriptor, chunk);
      if (count === 0) return chunks;
      chunks.push(chunk.subarray(0, count));
      total += count;
    }
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}

async function readInChunks(path: string, maxBytes: number): Promise<Buffer[] | undefined> {
  await using file = await open(path);
  const chunks: Buffer[] = [];
  for (let total = 0; total <= maxBytes; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES));
    if (bytesRead === 0) return chunks;
    chunks.push(buffer.subarray(0, bytesRead));
    total += bytesRead;
  }
  return undefined;
}
