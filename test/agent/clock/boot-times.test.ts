import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BootTimes } from '../../../agent/clock/boot-times.ts';
import { LinuxHost } from '../../../agent/host/linux.ts';
import { makeTree } from '../tree.ts';

/** This machine, started once more. */
class HostOfStart extends LinuxHost {
  readonly #id: string;

  constructor(id: string) {
    super();
    this.#id = id;
  }

  override async readFile(path: string): Promise<string | undefined> {
    return path === '/proc/sys/kernel/random/boot_id' ? `${this.#id}\n` : super.readFile(path);
  }
}

test('remembers when each start of the machine was, for those that come after', async () => {
  const path = join(makeTree({}), 'clock.json');
  const read = (id: string) => BootTimes.read(path, new HostOfStart(id), () => 'no-id');
  const first = await read('start-one');
  expect([first.machineBoot, first.offsetOf('start-one')]).toEqual(['start-one', undefined]);
  first.save(1000.5);
  first.save(2000.5);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const second = await read('start-two');
  second.save(3000);
  const third = await read('start-three');
  expect(['start-one', 'start-two', 'start-three'].map((id) => third.offsetOf(id))).toEqual([2000.5, 3000, undefined]);
});

test('forgets the oldest of many', async () => {
  const path = join(makeTree({}), 'clock.json');
  for (let start = 1; start <= 40; start++)
    (await BootTimes.read(path, new HostOfStart(`start-${start}`), () => '')).save(start);
  const times = await BootTimes.read(path, new HostOfStart('start-41'), () => '');
  expect([times.offsetOf('start-8'), times.offsetOf('start-9'), times.offsetOf('start-40')]).toEqual([
    undefined,
    9,
    40,
  ]);
  expect(JSON.parse(readFileSync(path, 'utf8')).boots).toHaveLength(32);
});

test.each(['', '{"boots":[{"machine_boot":"start-one","off', '[]', '{"boots":[{"machine_boot":7,"offset":"x"}]}'])(
  'a damaged file is an empty one: %s',
  async (text) => {
    const path = join(makeTree({ '/clock.json': text }), 'clock.json');
    const times = await BootTimes.read(path, new HostOfStart('start-one'), () => '');
    expect(times.offsetOf('start-one')).toBeUndefined();
    times.save(5);
    expect((await BootTimes.read(path, new HostOfStart('start-two'), () => '')).offsetOf('start-one')).toBe(5);
  },
);

test('a kernel that does not name its start has one that nobody else has', async () => {
  const times = await BootTimes.read('/nowhere/clock.json', new LinuxHost({ root: makeTree({}) }), () => 'by-chance');
  expect(times.machineBoot).toBe('by-chance');
});
