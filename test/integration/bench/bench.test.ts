import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { root } from '../../tidy/sources.ts';

interface Run {
  child: ChildProcess;
  /** Resolves when the benchmark says so on standard error. */
  said: (text: string) => Promise<void>;
  ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
  tmp: string;
}

/** Starts a benchmark with a directory of its own for temporary files. */
function bench(...args: string[]): Run {
  const tmp = temporaryDirectory();
  const child = spawn(process.execPath, [join(root, 'test/bench/main.ts'), ...args], {
    env: { ...process.env, TMPDIR: tmp },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const output = { stdout: '', stderr: '' };
  const waiting: (() => void)[] = [];
  child.stdout?.on('data', (chunk: Buffer) => {
    output.stdout += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    output.stderr += chunk.toString();
    for (const look of waiting) look();
  });
  const said = (text: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (output.stderr.includes(text)) resolve();
      };
      waiting.push(look);
      look();
    });
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, ...output }));
  });
  return { child, said, ended, tmp };
}

/** Processes whose command line names a directory. */
function processesIn(dir: string): string[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .flatMap((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        // It ended in the meantime.
        return [];
      }
    })
    .filter((command) => command.includes(dir));
}

it('measures the real product and ends with one line of JSON', { timeout: 120_000 }, async () => {
  const { ended, tmp } = bench('ingest', '--clients', '5', '--seconds', '1', '--rate', '50', '--json');
  const { code, stdout, stderr } = await ended;
  expect(stderr).toContain('flat out');
  expect(code).toBe(0);
  const result = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
  expect(result).toMatchObject({ bench: 'ingest', rounds: 1, failures: [], ours: { lost: 0, doubled: 0 } });
  expect(result).not.toHaveProperty('ratio');
  const { messages_per_second: rate, cpu_per_metric: cpu } = result['ours'] as Record<string, number>;
  expect(rate).toBeGreaterThan(50);
  expect(cpu).toBeGreaterThan(0);
  expect(readdirSync(tmp)).toEqual([]);
});

it('leaves nothing behind when it is interrupted', async () => {
  const { child, said, ended, tmp } = bench('ingest', '--clients', '5', '--seconds', '60');
  await said('flat out');
  // The home, at least, is there by now or will be: both ways it has to go.
  await expect.poll(() => processesIn(tmp).length, { timeout: 20_000 }).toBeGreaterThan(0);
  child.kill('SIGINT');
  const { code, stderr } = await ended;
  expect(stderr).toContain('interrupted');
  expect(code).toBe(130);
  expect(processesIn(tmp)).toEqual([]);
  expect(readdirSync(tmp)).toEqual([]);
});

it('refuses wrong use with the usage and 2', async () => {
  const { code, stdout, stderr } = await bench('ingest', '--rounds', 'many').ended;
  expect(code).toBe(2);
  expect(stderr).toContain('expected a whole number from 1 to 100');
  expect(stderr).toContain('Usage: npm run bench -- ingest');
  expect(stdout).toBe('');
});
