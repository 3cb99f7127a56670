import { expect, test } from 'vitest';
import { CampusError } from '../../../contract/errors.ts';
import { limits } from '../../../contract/limits.ts';
import { until } from '../../support/until.ts';
import { reopen, temporaryRegistry } from '../registry/temporary-registry.ts';
import { bringOnline, type MakeCommandsOptions, makeCommands } from './make-commands.ts';

const result = {
  target: 'gateway',
  legs: [{ family: 'ipv4' as const, direction: 'up' as const, bits_per_second: 9e7 }],
};
const key = (device: string) => ({ site: 'school', device });
const ask = (device: string) => ({
  ...key(device),
  command: 'throughput' as const,
  choice: {},
  origin: 'person' as const,
});

function world(options?: MakeCommandsOptions, devices = ['room-1', 'room-2']) {
  const { registry, path, clock } = temporaryRegistry();
  bringOnline(registry, clock, ...devices);
  return { registry, path, clock, ...makeCommands(registry, clock, options) };
}

test('a command goes to its device alone, tells how far it is, and is kept with what came of it', async () => {
  const { commands, sent, clock, released } = world();
  const told: unknown[] = [];
  commands.onChange(({ state, progress }) => told.push([state, progress]));
  const { id } = commands.request(ask('room-1'));
  await until('it is sent', () => sent.length === 1);
  expect(sent).toEqual([
    {
      topic: 'campus/v1/school/room-1/command',
      command: expect.objectContaining({ command: 'throughput', id, expires_at: clock.now() + 15_000 }),
    },
  ]);
  clock.pass(1000);
  expect(commands.reply(key('room-1'), { id, state: 'running', progress: 0.25 })).toBe(true);
  clock.pass(50);
  // Faster than anybody can look: passed over.
  commands.reply(key('room-1'), { id, state: 'running', progress: 0.26 });
  clock.pass(1000);
  commands.reply(key('room-1'), { id, state: 'running', progress: 0.5, result });
  expect(commands.get(key('room-1'), id)).toMatchObject({ state: 'running', progress: 0.5, result });
  expect(commands.reply(key('room-1'), { id, state: 'done', result })).toBe(true);
  expect(told).toEqual([
    ['waiting', undefined],
    ['sent', undefined],
    ['running', 0.25],
    ['running', 0.5],
    ['done', undefined],
  ]);
  expect(commands.list(key('room-1'), { limit: 9 })[0]?.status).toMatchObject({
    id,
    state: 'done',
    result,
    origin: 'person',
    endedAt: clock.now(),
  });
  expect(released()).toBe(1);
});

test('a device answers for itself alone, and once', async () => {
  const { commands, sent } = world();
  const { id } = commands.request(ask('room-1'));
  await until('it is sent', () => sent.length === 1);
  expect(commands.reply(key('room-2'), { id, state: 'done', result })).toBe(false);
  expect(commands.get(key('room-2'), id)).toBeUndefined();
  expect(commands.reply(key('room-1'), { id, state: 'failed', code: 'program_missing', detail: 'no iperf3' })).toBe(
    true,
  );
  expect(commands.reply(key('room-1'), { id, state: 'done', result })).toBe(false);
  expect(commands.get(key('room-1'), id)).toMatchObject({
    state: 'failed',
    code: 'program_missing',
    detail: 'no iperf3',
  });
});

test('one device of the school measures at a time; the next begins when it has ended', async () => {
  const { commands, sent } = world();
  const first = commands.request(ask('room-1'));
  const second = commands.request(ask('room-2'));
  await until('the first is sent', () => sent.length === 1);
  expect(commands.get(key('room-2'), second.id)).toMatchObject({ state: 'waiting' });
  expect(() => commands.request(ask('room-1'))).toThrow(expect.objectContaining({ code: 'command_busy' }));
  expect(() => commands.request(ask('room-2'))).toThrow(expect.objectContaining({ code: 'command_busy' }));
  commands.reply(key('room-1'), { id: first.id, state: 'done', result });
  await until('the second is sent', () => sent.length === 2);
  expect(sent[1]?.topic).toBe('campus/v1/school/room-2/command');
});

test('a check measures at its end, so it waits for a measurement, and a measurement for it', async () => {
  const { commands, sent } = world();
  const first = commands.request(ask('room-1'));
  const check = commands.request({ ...ask('room-2'), command: 'check' });
  await until('the first is sent', () => sent.length === 1);
  expect(commands.get(key('room-2'), check.id)).toMatchObject({ state: 'waiting' });
  commands.reply(key('room-1'), { id: first.id, state: 'done', result });
  await until('the check is sent', () => sent.length === 2);
  expect(sent[1]?.command).toMatchObject({ command: 'check', id: check.id });
  // What comes of another command is no answer to this one.
  expect(commands.reply(key('room-2'), { id: check.id, state: 'done', result })).toBe(false);
  const far = { running: 'dns' as const, steps: [] };
  expect(commands.reply(key('room-2'), { id: check.id, state: 'running', progress: 0.5, result: far })).toBe(true);
  expect(commands.get(key('room-2'), check.id)).toMatchObject({ state: 'running', result: far });
  expect(commands.list(key('room-2'), { command: 'throughput', limit: 9 })).toEqual([]);
  expect(commands.list(key('room-2'), { command: 'check', limit: 9 })).toHaveLength(1);
});

test('as many may wait as the bound says', async () => {
  const rooms = Array.from({ length: limits.commandsWaiting + 2 }, (_, index) => `room-${index}`);
  const { commands, sent } = world({}, rooms);
  const [last = '', ...others] = rooms.toReversed();
  commands.request(ask(others.pop() ?? ''));
  await until('one is sent', () => sent.length === 1);
  for (const room of others) commands.request(ask(room));
  expect(() => commands.request(ask(last))).toThrow(expect.objectContaining({ code: 'command_queue_full' }));
});

test('what is offline, unknown or runs no agent is refused at once', () => {
  const { commands, registry, clock } = world();
  registry.devices.seen('school', 'projector', clock.now());
  registry.devices.setState(
    'school',
    'room-1',
    { online: false, since: 1, boot: 'boot-one', version: '1' },
    clock.now(),
  );
  expect(() => commands.request(ask('room-1'))).toThrow(expect.objectContaining({ code: 'device_offline' }));
  expect(() => commands.request(ask('projector'))).toThrow(expect.objectContaining({ code: 'command_unsupported' }));
  expect(() => commands.request(ask('nobody'))).toThrow(expect.objectContaining({ code: 'not_found' }));
});

test('who does not answer, or does not come to an end, is given up, and the next has its turn', async () => {
  const { commands, sent, released } = world({ times: { answerMs: 30 }, runWithinMs: 60 });
  const silent = commands.request(ask('room-1'));
  const endless = commands.request(ask('room-2'));
  await until('the second is sent', () => sent.length === 2);
  expect(commands.get(key('room-1'), silent.id)).toMatchObject({ state: 'failed', code: 'command_expired' });
  commands.reply(key('room-2'), { id: endless.id, state: 'running', progress: 0.1 });
  await until('it has ended', () => commands.get(key('room-2'), endless.id)?.state === 'failed');
  expect(commands.get(key('room-2'), endless.id)).toMatchObject({ code: 'command_expired' });
  expect(released()).toBe(2);
});

test('whose turn does not come is told so', async () => {
  const { commands, sent } = world({ times: { turnMs: 30 } });
  commands.request(ask('room-1'));
  const { id } = commands.request(ask('room-2'));
  await until('it has ended', () => commands.get(key('room-2'), id)?.state === 'failed');
  expect(commands.get(key('room-2'), id)).toMatchObject({
    code: 'command_expired',
    detail: 'its turn did not come in time',
  });
  expect(sent).toHaveLength(1);
});

test('a gateway that cannot do its part says why', async () => {
  const { commands, sent } = world({
    prepare: () => Promise.reject(new CampusError('program_missing', 'iperf3 is not installed')),
  });
  const { id } = commands.request(ask('room-1'));
  await until('it has ended', () => commands.get(key('room-1'), id)?.state === 'failed');
  expect(commands.get(key('room-1'), id)).toMatchObject({ code: 'program_missing' });
  expect(sent).toEqual([]);
});

test('what a gateway was at when it ended is no longer under way at the next start; of each device the newest stay', async () => {
  const { registry, path, clock, commands } = world();
  const { id } = commands.request(ask('room-1'));
  commands.close();
  const again = reopen(registry, path, clock);
  bringOnline(again, clock, 'room-1');
  const next = makeCommands(again, clock);
  expect(next.commands.get(key('room-1'), id)).toMatchObject({ state: 'failed', code: 'command_expired' });
  const record = { ...key('room-1'), command: 'throughput', origin: 'schedule', state: 'done', createdAt: 1 } as const;
  for (let made = 0; made < limits.commandsPerDevice + 5; made++)
    again.commands.add({ ...record, id: `kept-${made}-id` });
  const kept = next.commands.list(key('room-1'), { limit: 1000 });
  expect(kept).toHaveLength(limits.commandsPerDevice);
  expect(kept[0]?.status.id).toBe(`kept-${limits.commandsPerDevice + 4}-id`);
  again.commands.erase('school', 'room-1');
  expect(next.commands.list(key('room-1'), { limit: 10 })).toEqual([]);
});
