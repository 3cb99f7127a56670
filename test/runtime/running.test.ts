import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { noteRunning, RUNNING_FILE, readRunning, refuseSecond } from '../../runtime/running.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** A directory with the note of another process that runs until the test has finished. */
async function notedByOther(): Promise<{ dir: string; pid: number; kill: () => Promise<void> }> {
  const dir = temporaryDirectory();
  const module = JSON.stringify(join(import.meta.dirname, '../../runtime/running.ts'));
  const script = `const { noteRunning } = await import(${module}); noteRunning(${JSON.stringify(dir)}, { url: 'http://127.0.0.1:9' }); console.log('noted'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const kill = async (): Promise<void> => {
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  return { dir, pid: child.pid ?? 0, kill };
}

describe('the note of a running process', () => {
  it('tells who runs and where it answers, for its owner only, until it is taken back', () => {
    const dir = temporaryDirectory();
    expect(readRunning(dir)).toBeUndefined();
    const end = noteRunning(dir, { url: 'http://127.0.0.1:8080' });
    expect(readRunning(dir)).toEqual({ pid: process.pid, url: 'http://127.0.0.1:8080' });
    expect(statSync(join(dir, RUNNING_FILE)).mode & 0o777).toBe(0o600);
    end();
    expect(existsSync(join(dir, RUNNING_FILE))).toBe(false);
    end();
  });

  it('of another process that lives refuses a second one, of one that was killed nobody', async () => {
    const { dir, pid, kill } = await notedByOther();
    expect(readRunning(dir)).toEqual({ pid, url: 'http://127.0.0.1:9' });
    expect(() => refuseSecond(dir)).toThrow(expect.objectContaining({ code: 'home_locked' }));
    await kill();
    expect(readRunning(dir)).toBeUndefined();
    refuseSecond(dir);
  });

  it('is not taken for that of a later process with the same number', async () => {
    const { dir } = await notedByOther();
    const path = join(dir, RUNNING_FILE);
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"start":"([^"]*)"/, '"start":"$10"'));
    expect(readRunning(dir)).toBeUndefined();
  });

  it('is taken back by none but its own process', async () => {
    const { dir, pid } = await notedByOther();
    const other = readFileSync(join(dir, RUNNING_FILE));
    const end = noteRunning(dir);
    writeFileSync(join(dir, RUNNING_FILE), other);
    end();
    expect(readRunning(dir)).toMatchObject({ pid });
  });

  it.each(['', '{', '[]', '{"pid":"1"}', '{"pid":-1,"start":""}'])('that reads %j is none', (text) => {
    const dir = temporaryDirectory();
    writeFileSync(join(dir, RUNNING_FILE), text);
    expect(readRunning(dir)).toBeUndefined();
  });
});
