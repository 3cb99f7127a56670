import { expect, test } from 'vitest';
import { CommandRunner, type Executable } from '../../agent/command-runner.ts';
import type { ThroughputCommand } from '../../contract/command.ts';
import { CampusError } from '../../contract/errors.ts';
import type { Reply } from '../../contract/reply.ts';
import { until } from '../support/until.ts';
import { recordingLog } from './recording-log.ts';

const NOW = 1_764_000_000_000;
const result = { target: 'gateway', legs: [] };

function command(id: string, expires_at = NOW + 1000): ThroughputCommand {
  const bounds = { bytes: 1_000_000, seconds: 1 };
  return {
    ...{ command: 'throughput', id, expires_at },
    arguments: { port: 5201, families: ['ipv4'], directions: ['up'], ...bounds },
  };
}

function run(execute: Executable['execute'], { limitMs = 10_000, lost = 0 } = {}) {
  const replies: Reply[] = [];
  let toLose = lost;
  const runner = new CommandRunner({
    executable: () => ({ limitMs, execute }),
    publish: async (reply) => {
      if (reply.state !== 'running' && toLose > 0) {
        toLose -= 1;
        return false;
      }
      replies.push(reply);
      return true;
    },
    now: () => NOW,
    log: recordingLog().log,
  });
  const ended = (count = 1) =>
    until('the last reply', () => replies.filter(({ state }) => state !== 'running').length >= count);
  return { runner, replies, ended };
}

test('a command is begun, tells how far it is, and is answered once, however often it comes', async () => {
  const { runner, replies, ended } = run(async ({ progress }) => {
    progress(0.5, result);
    return result;
  });
  runner.take(command('command-1'));
  runner.take(command('command-1'));
  await ended();
  expect(replies).toEqual([
    { id: 'command-1', state: 'running', progress: 0 },
    { id: 'command-1', state: 'running', progress: 0.5, result },
    { id: 'command-1', state: 'done', result },
  ]);
});

test('while one runs, others are refused; what came too late is not begun', async () => {
  const gate = Promise.withResolvers<void>();
  const { runner, replies, ended } = run(async () => {
    await gate.promise;
    return result;
  });
  runner.take(command('command-1'));
  runner.take(command('command-2'));
  runner.take(command('command-3', NOW - 1));
  await ended(2);
  gate.resolve();
  await ended(3);
  expect(replies.filter(({ state }) => state !== 'running')).toMatchObject([
    { id: 'command-2', state: 'failed', code: 'command_busy' },
    { id: 'command-3', state: 'failed', code: 'command_expired' },
    { id: 'command-1', state: 'done' },
  ]);
});

test('a failure is told by its code, and what takes too long is given up', async () => {
  const failing = run(() => Promise.reject(new CampusError('program_missing', 'apt install iperf3')));
  failing.runner.take(command('command-1'));
  await failing.ended();
  expect(failing.replies.at(-1)).toMatchObject({
    state: 'failed',
    code: 'program_missing',
    detail: 'apt install iperf3',
  });
  const endless = run(
    ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    { limitMs: 20 },
  );
  endless.runner.take(command('command-2'));
  await endless.ended();
  expect(endless.replies.at(-1)).toMatchObject({ state: 'failed', code: 'measurement_failed' });
});

test('the last word is said again until the gateway has it', async () => {
  const { runner, replies, ended } = run(async () => result, { lost: 1 });
  runner.take(command('command-1'));
  await ended();
  expect(replies.at(-1)).toEqual({ id: 'command-1', state: 'done', result });
});
