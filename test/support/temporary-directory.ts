import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A fresh directory that is removed when the test, or the hook that asked for it, has finished. */
export function temporaryDirectory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'campus-edge-test-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}
