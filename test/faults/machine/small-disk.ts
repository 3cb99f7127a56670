import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultRun } from '../scenario.ts';

/** A directory on a file system of its own, which can be filled to the last byte. Needs root (mount(2)). */
export class SmallDisk {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static mount(run: Pick<FaultRun, 'directory' | 'atEnd'>, megabytes: number): SmallDisk {
    const directory = join(run.directory(), 'disk');
    mkdirSync(directory);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', directory]);
    run.atEnd(() => void execFileSync('umount', ['--lazy', directory]));
    return new SmallDisk(directory);
  }

  /** Writes until not one byte more goes in, or leaves so much room. */
  fill({ leaving = 0 }: { leaving?: number } = {}): void {
    const { bavail, bsize } = statfsSync(this.directory);
    // Whoever else writes here meanwhile may take the room first.
    if (leaving > 0) this.#write(Math.max(0, bavail * bsize - leaving));
    else for (const size of [1024 * 1024, 4096, 1]) while (this.#write(size));
  }

  /** Returns false when that much does not go in any more. */
  #write(bytes: number): boolean {
    try {
      appendFileSync(this.#filler, Buffer.alloc(bytes));
      return true;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false;
      throw error;
    }
  }

  free(): void {
    rmSync(this.#filler);
  }

  get #filler(): string {
    return join(this.directory, 'filler');
  }
}
