import { globSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Sets the wall clock of a process, while it runs, without touching that of the machine: libfaketime stands between the process and
 * the C library. The monotonic clock stays the kernel's, as when a real clock is set.
 */
export class FakeClock {
  readonly #file: string;

  /** @param dir where it can keep a file */
  constructor(dir: string) {
    this.#file = join(dir, 'faketime');
    this.set(0);
  }

  /** What the process needs in its environment. */
  get env(): NodeJS.ProcessEnv {
    const [library] = globSync('/usr/lib/*/faketime/libfaketimeMT.so.1');
    if (library === undefined) throw new Error('libfaketime is missing: sh test/debian-packages.sh');
    return {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
  }

  /** Steps the process's clock to the right time plus so many seconds. */
  set(seconds: number): void {
    writeFileSync(`${this.#file}.new`, `${seconds < 0 ? '' : '+'}${Math.round(seconds)}\n`);
    renameSync(`${this.#file}.new`, this.#file);
  }
}
