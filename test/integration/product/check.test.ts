import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { isRoot } from '../../support/root.ts';
import { LessonRoom, type Step, statesOf } from './lesson-room.ts';

describe.skipIf(!isRoot)('the check of a room', () => {
  test('finds a sound one so, by both families, within a minute', async () => {
    const room = await LessonRoom.open();
    const { report, exitCode } = await room.report();
    const both = (step: string): Record<string, string> => ({ [`${step} ipv4`]: 'ok', [`${step} ipv6`]: 'ok' });
    expect(statesOf(report)).toEqual({
      link: 'ok',
      ...both('address'),
      ...both('first-hop'),
      ...both('dns'),
      ...both('portal'),
      ...both('gateway'),
      throughput: 'skipped',
    });
    const gateway = report.steps.find(({ step, family }: Step) => step === 'gateway' && family === 'ipv6');
    expect(gateway.found.en).toMatch(
      /^2001:db8:5::2 by STAMP: delay one way \d+(\.\d+)? ms, jitter .* ms, packet loss 0 %, voice MOS 4\.\d+ \(estimate\)$/,
    );
    const delayMs = gateway.figures.find(({ name }: { name: string }) => name === 'delay_ms').value;
    expect(delayMs).toBeGreaterThan(4.9);
    expect(report.duration_ms).toBeLessThan(60_000);
    // Nobody knows whether 4 Mbit/s go through: that alone keeps it from being a yes.
    expect(report).toMatchObject({
      ready: 'with-limits',
      obstacles: [
        {
          reason: {
            en: expect.stringMatching(/^the throughput was not measured: this machine has not joined a gateway/),
          },
        },
      ],
    });
    expect(exitCode).toBe(1);
  });

  test('ends at once when it is told to', async () => {
    const room = await LessonRoom.open();
    const child = room.start();
    await once(child.stdout ?? child, 'data');
    const asked = performance.now();
    child.kill('SIGINT');
    const [exitCode] = await once(child, 'close');
    expect(performance.now() - asked).toBeLessThan(1000);
    expect(exitCode).toBe(1);
  });
});
