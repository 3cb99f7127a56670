import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Gateway, makeOutbox, onDisk, sample } from '../../agent/outbox/outbox-under-test.ts';
import { isRoot } from '../../support/root.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

/** A directory on a file system of its own of 8 MB. */
function smallDisk(): string {
  const dir = join(temporaryDirectory(), 'disk');
  mkdirSync(dir);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', dir]);
  onTestFinished(() => void execFileSync('umount', ['--lazy', dir]));
  return dir;
}

/** Writes to a file until not one byte more goes in. */
function fill(path: string): void {
  for (const size of [64 * 1024, 4096, 1]) {
    try {
      while (true) appendFileSync(path, Buffer.alloc(size));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}

test.skipIf(!isRoot)(
  'an outbox whose disk is full keeps its messages in memory, and on disk again when there is room',
  async () => {
    const dir = smallDisk();
    const gateway = new Gateway();
    let skippedMs = 0;
    const { outbox, lines, file } = makeOutbox(gateway, {
      dir,
      durability: 'always',
      monotonicMs: () => performance.now() + skippedMs,
    });
    onTestFinished(() => outbox.close());
    const failures = () => lines.filter(({ msg }) => msg.includes('cannot write to its disk')).length;
    for (let value = 1; value <= 20; value++) outbox.add([sample(value, 'x'.repeat(4000))]);
    await until('they are on disk', () => onDisk(file) === 20);
    fill(join(dir, 'filler'));
    for (let value = 21; value <= 120; value++) outbox.add([sample(value, 'x'.repeat(4000))]);
    await until('the disk is full', () => failures() > 0);
    expect([outbox.messages, outbox.dropped]).toEqual([120, 0]);
    rmSync(join(dir, 'filler'));
    // The disk is tried again after half a minute.
    skippedMs = 30_000;
    outbox.add([sample(121)]);
    await until('all are on disk', () => onDisk(file) === 121, { timeoutMs: 40_000 });
    gateway.state = 'answers';
    outbox.resume();
    await until('all are sent', () => outbox.messages === 0, { timeoutMs: 40_000 });
    expect(gateway.values('boot-one').toSorted((one, other) => Number(one) - Number(other))).toEqual(
      Array.from({ length: 121 }, (_, index) => index + 1),
    );
  },
);
