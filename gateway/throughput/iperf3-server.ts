import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { CampusError } from '../../contract/errors.ts';
import { listenError } from '../../runtime/ports.ts';

/** Of a system's programs; what else the environment of the gateway holds is nobody's business. */
const SYSTEM_PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
/** iperf3 listens, or says why not, within this time. */
const START_MS = 5000;
/** `timeout` ends so when there is no such program (timeout(1)). */
const NOT_FOUND = 127;
/** A server that fails at once again and again is given up: four legs, and as many strangers. */
const STARTS_MAX = 8;
const SAID_MAX_CHARS = 300;

export interface ServerOptions {
  /** Where it listens; every address of both families when absent. */
  host?: string | undefined;
  port: number;
  /** Even when the gateway is killed meanwhile, nothing listens after this many s. */
  lifeSeconds: number;
}

/**
 * Runs the system's `iperf3` as a server that takes one client and ends (`--server --one-off`), and again for the next leg, until it is closed.
 * @returns how to close it, once it listens; it listens no more when that resolves
 * @throws CampusError `program_missing`, `port_taken`, `port_invalid`, `measurement_failed`
 */
export async function openIperf3Server(options: ServerOptions): Promise<() => Promise<void>> {
  let closed = false;
  let starts = 0;
  let child: ChildProcess;
  const start = async (): Promise<void> => {
    starts += 1;
    child = run(options);
    await listening(child, options);
    child.once('exit', () => {
      // What fails from here on, the device sees: nobody answers.
      if (!closed && starts < STARTS_MAX) void start().catch(() => undefined);
    });
  };
  await start();
  return () => {
    closed = true;
    return end(child);
  };
}

/** Ends a server at once: told to end in its order, it would wait for a slow link to take what it still has to say. */
async function end(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  // Its output ends with the last of the two: timeout(1) may be gone while iperf3 still has the port.
  const ended = once(child, 'close');
  try {
    // timeout(1) leads a group of its own, which iperf3 is in.
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    // It does not yet, and has started nothing.
    child.kill('SIGKILL');
  }
  await ended;
}

function run({ host, port, lifeSeconds }: ServerOptions): ChildProcess {
  const bind = host === undefined ? [] : ['--bind', host];
  const server = ['iperf3', '--server', '--one-off', '--port', `${port}`, ...bind, '--forceflush'];
  return spawn('timeout', ['-k', '2', `${lifeSeconds}`, ...server], {
    env: { PATH: SYSTEM_PATH, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Resolves when it says that it listens: `Server listening on 5201 (test #1)`, or without the number of the test before iperf 3.10. */
function listening(child: ChildProcess, { host = 'this machine', port }: ServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const fail = (error: unknown): void => {
      clearTimeout(timer);
      reject(error);
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(new CampusError('measurement_failed', `iperf3 does not listen within ${START_MS} ms`));
    }, START_MS);
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        if (line.startsWith('Server listening on')) {
          clearTimeout(timer);
          resolve();
        } else if (said.length < SAID_MAX_CHARS) {
          said += ` ${line}`.slice(0, SAID_MAX_CHARS);
        }
      });
    }
    child.once('error', fail);
    child.once('close', (code) => fail(failure(code, said, { host, port })));
  });
}

function failure(code: number | null, said: string, { host, port }: { host: string; port: number }): unknown {
  if (code === NOT_FOUND) {
    return new CampusError('program_missing', 'iperf3 is not installed on the gateway: apt install iperf3');
  }
  if (said.includes('Address already in use')) {
    const cause = Object.assign(new Error(said.trim()), { code: 'EADDRINUSE' });
    return listenError(cause, 'CAMPUS_THROUGHPUT_PORT', host, port);
  }
  return new CampusError('measurement_failed', `iperf3 on the gateway ended:${said === '' ? ' without a word' : said}`);
}
