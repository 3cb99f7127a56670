import { type ChildProcess, spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { ProcessName } from '../../../cli/supervisor/spawn-process.ts';
import { supervise } from '../../../cli/supervisor/supervise.ts';

/** A process that is ready at once and ends on SIGTERM, as ours do. */
const orderly = `process.on('SIGTERM', () => process.exit(0)); process.send({ ready: true, url: 'http://localhost:1' }); setInterval(() => {}, 1000);`;

/** Supervises three scripts and keeps what happened, in its order. */
function run(scripts: Partial<Record<ProcessName, string[]>>) {
  const happened: string[] = [];
  const children: Partial<Record<ProcessName, ChildProcess>> = {};
  const stop = Promise.withResolvers<void>();
  const outcome = supervise({
    spawn: (name) => {
      happened.push(`start ${name}`);
      const script = scripts[name]?.shift() ?? orderly;
      const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
      child.on('message', () => happened.push(`${name} is ready`));
      child.on('exit', (code, signal) => happened.push(`${name} left (${signal ?? code})`));
      children[name] = child;
      return child;
    },
    stop: stop.promise,
    onFirstReady: (ready) => happened.push(`ready at ${ready.url}`),
    onEnded: (name, cause, waitMs) => happened.push(`${name} ended by ${cause}, again in ${waitMs} ms`),
  });
  const until = async (event: string, times = 1): Promise<void> => {
    await expect
      .poll(() => happened.filter((entry) => entry === event).length, { timeout: 15_000, interval: 20 })
      .toBe(times);
  };
  return { happened, children, outcome, until, stop: stop.resolve };
}

describe('supervise', () => {
  it('starts the gateway first, the others when it is ready, and stops it last', async () => {
    const { happened, outcome, until, stop } = run({});
    await until('agent is ready');
    await until('flows is ready');
    expect(happened.slice(0, 5)).toEqual([
      'start gateway',
      'gateway is ready',
      'ready at http://localhost:1',
      'start agent',
      'start flows',
    ]);
    stop();
    expect(await outcome).toBe('stopped');
    expect(happened.slice(7).toSorted()).toEqual(['agent left (0)', 'flows left (0)', 'gateway left (0)']);
    expect(happened.at(-1)).toBe('gateway left (0)');
  });

  it('starts again what ends, the gateway without the others, and says so', async () => {
    const { happened, children, outcome, until, stop } = run({ agent: ['process.exit(1)', orderly] });
    await until('agent ended by exit code 1, again in 2000 ms');
    await until('start agent', 2);
    children.gateway?.kill('SIGKILL');
    await until('gateway ended by SIGKILL, again in 2000 ms');
    await until('start gateway', 2);
    stop();
    expect(await outcome).toBe('stopped');
    expect(happened.filter((entry) => entry === 'start flows')).toHaveLength(1);
    expect(happened.filter((entry) => entry.startsWith('ready at'))).toHaveLength(1);
  });

  it('stops everything when a process refuses to run as it is configured', async () => {
    const { happened, children, outcome, until } = run({ flows: ["process.once('message', () => process.exit(2))"] });
    await until('agent is ready');
    children.flows?.send('refuse');
    expect(await outcome).toBe('refused');
    expect(happened).toContain('agent left (0)');
    expect(happened).toContain('gateway left (0)');
    expect(happened.filter((entry) => entry === 'start flows')).toHaveLength(1);
  });

  it('starts again a process that ran well once, whatever its exit code', async () => {
    const { happened, outcome, until, stop } = run({
      flows: ['process.send({ ready: true }); setTimeout(() => process.exit(2), 200)', orderly],
    });
    await until('flows ended by exit code 2, again in 2000 ms');
    await until('flows is ready', 2);
    stop();
    expect(await outcome).toBe('stopped');
    expect(happened).toContain('flows left (0)');
  });

  it('kills what does not end within the time for it', async () => {
    const deaf = `process.on('SIGTERM', () => {}); process.send({ ready: true }); setInterval(() => {}, 1000);`;
    const { happened, outcome, until, stop } = run({ agent: [deaf] });
    await until('agent is ready');
    const startedAt = performance.now();
    stop();
    expect(await outcome).toBe('stopped');
    expect(performance.now() - startedAt).toBeLessThan(10_500);
    expect(happened).toContain('agent left (SIGKILL)');
    expect(happened).toContain('gateway left (0)');
  });
});
