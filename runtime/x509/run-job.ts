import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { CampusError } from '../../contract/errors.ts';
import type { X509Answer, X509Job, X509Results } from './jobs.ts';

const program = fileURLToPath(new URL('./job-process.ts', import.meta.url));
/** A Raspberry Pi takes two seconds; who takes this long will not answer. */
const TIMEOUT_MS = 60_000;

/** The job under way: one at a time, for a school's devices may all come at once. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Makes keys, requests and certificates. Each job has a process of its own: the library takes more memory than the gateway's broker, on a
 * few days of the year. Keys go there and back by its channel, and stand in no argument or environment.
 * @throws CampusError `request_invalid` for a request that is none, or that its key has not signed
 */
export function runX509Job<K extends X509Job['kind']>(job: Extract<X509Job, { kind: K }>): Promise<X509Results[K]> {
  const result = last.then(() => runNow(job));
  last = result.catch(() => undefined);
  return result as Promise<X509Results[K]>;
}

function runNow(job: X509Job): Promise<X509Results[keyof X509Results]> {
  return new Promise((resolve, reject) => {
    const child = fork(program, [], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      timeout: TIMEOUT_MS,
    });
    child.once('message', (answer: X509Answer) => {
      if (answer.ok) resolve(answer.value);
      else if (answer.refused) reject(new CampusError('request_invalid', answer.message));
      else reject(new Error(answer.message));
    });
    child.once('error', reject);
    // Settled already, unless the process ended without an answer.
    child.once('exit', (code, signal) =>
      reject(new Error(`the process that makes certificates ended with ${signal ?? `code ${code}`}`)),
    );
    child.send(job, (error) => {
      if (error) reject(error);
    });
  });
}
