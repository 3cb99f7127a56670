import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { createBootClock } from '../../../agent/host/boot-clock.ts';

const modulePath = new URL('../../../agent/host/boot-clock.ts', import.meta.url).pathname;

test('is the same for every process of the machine, so that a run of the agent can date what the one before has left', () => {
  const clock = createBootClock();
  const before = clock();
  const script = `import { createBootClock } from ${JSON.stringify(modulePath)}; console.log(createBootClock()());`;
  const other = Number(execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' }));
  const after = clock();
  expect(other).toBeGreaterThan(before);
  expect(other).toBeLessThan(after);
});

test('goes on while the machine sleeps, and does not jitter with the hundredths of /proc/uptime', () => {
  const sources = { monotonic: 5000, uptime: 5000 };
  const clock = createBootClock({ monotonicMs: () => sources.monotonic, uptimeMs: () => sources.uptime });
  expect(clock()).toBe(5000);
  Object.assign(sources, { monotonic: 6004, uptime: 5990 });
  expect(clock()).toBe(6004);
  Object.assign(sources, { monotonic: 7004, uptime: 3_607_000 });
  expect(clock()).toBe(3_607_000);
  Object.assign(sources, { monotonic: 8004.5, uptime: 3_608_010 });
  expect(clock()).toBe(3_608_000.5);
});

test('is the monotonic clock alone where /proc/uptime tells of a container', () => {
  const clock = createBootClock({ monotonicMs: () => 90_000_000, uptimeMs: () => 12_000 });
  expect(clock()).toBe(90_000_000);
});
