import { describe, expect, test } from 'vitest';
import { gradePath } from '../../../agent/check/path-grade.ts';
import {
  obstacle,
  type StepName,
  type StepResult,
  type StepState,
  stepResult,
  text,
} from '../../../agent/check/step.ts';
import { judge, verdictInWords } from '../../../agent/check/verdict.ts';

const needs = {
  good: { delay_ms: 150, jitter_ms: 30, loss_percent: 1, mbit_per_second: 4 },
  fair: { delay_ms: 300, jitter_ms: 50, loss_percent: 2 },
};

const result = (step: StepName, state: StepState, family?: 'ipv4' | 'ipv6'): StepResult =>
  stepResult(step, state, text(step, step), {
    ...(family === undefined ? {} : { family }),
    obstacles: state === 'ok' ? [] : [obstacle(text(`${step} ${family}`, step), text('this', '这样'))],
  });
const both = ['ipv4', 'ipv6'] as const;

describe('a path', () => {
  test.each([
    [{ rtt_ms: 300, jitter_ms: 30, loss_percent: 1 }, 'yes'],
    [{ rtt_ms: 302, jitter_ms: 30, loss_percent: 1 }, 'with-limits'],
    [{ rtt_ms: 300, jitter_ms: 31, loss_percent: 1 }, 'with-limits'],
    [{ rtt_ms: 600, jitter_ms: 50, loss_percent: 2 }, 'with-limits'],
    [{ rtt_ms: 602, jitter_ms: 1, loss_percent: 0 }, 'no'],
    [{ rtt_ms: 10, jitter_ms: 51, loss_percent: 0 }, 'no'],
    [{ rtt_ms: 10, jitter_ms: 1, loss_percent: 2.4 }, 'no'],
  ])('with %j allows a lesson: %s', (reading, allows) => {
    expect(gradePath(reading, needs, { family: 'ipv4', medium: 'ethernet' }).allows).toBe(allows);
  });

  test('says what is not good, by how much, and what helps on its medium', () => {
    const reading = { rtt_ms: 10, jitter_ms: 31.26, loss_percent: 3.2 };
    const { obstacles } = gradePath(reading, needs, { family: 'ipv6', medium: 'wifi' });
    expect(obstacles.map(({ reason }) => reason)).toEqual([
      {
        en: 'jitter over IPv6 to the gateway is 31.3 ms (at most 30 ms)',
        'zh-CN': 'IPv6 到网关的抖动为 31.3 ms（应不高于 30 ms）',
      },
      {
        en: 'packet loss over IPv6 to the gateway is 3.2 % (at most 1 %)',
        'zh-CN': 'IPv6 到网关的丢包率为 3.2 %（应不高于 1 %）',
      },
    ]);
    expect(obstacles[0]?.hint.en).toBe('using a cable, or moving nearer to the access point');
  });
});

describe('a room', () => {
  test('is ready when every step of both families is', () => {
    const steps = [result('link', 'ok'), ...both.map((family) => result('gateway', 'ok', family))];
    expect(judge(steps, both)).toMatchObject({
      overall: { ready: 'yes', obstacles: [] },
      families: { ipv4: { ready: 'yes' } },
    });
  });

  test('is ready by the one family that it has', () => {
    const verdicts = judge([result('address', 'ok', 'ipv4'), result('address', 'failed', 'ipv6')], ['ipv4']);
    expect(verdicts).toMatchObject({ overall: { ready: 'yes' }, families: { ipv4: { ready: 'yes' }, ipv6: 'absent' } });
  });

  test('is ready with limits where one of two families fails', () => {
    const verdicts = judge([result('portal', 'ok', 'ipv4'), result('portal', 'failed', 'ipv6')], both);
    expect(verdicts).toMatchObject({
      overall: { ready: 'with-limits' },
      families: { ipv4: { ready: 'yes' }, ipv6: { ready: 'no' } },
    });
    expect(verdictInWords(verdicts.overall)).toEqual({
      en: 'with limits, because portal ipv6. Try this.',
      'zh-CN': '有限制，因为portal。请尝试：这样。',
    });
  });

  test('is not ready where both fail, and names what keeps it from that alone', () => {
    const steps = [result('dns', 'limited', 'ipv4'), ...both.map((family) => result('gateway', 'failed', family))];
    expect(verdictInWords(judge(steps, both).overall).en).toBe('no, because gateway ipv4; and gateway ipv6. Try this.');
  });

  test('does not care for a first hop behind which something answers', () => {
    const silent = result('first-hop', 'limited', 'ipv4');
    expect(judge([silent, result('portal', 'ok', 'ipv4')], ['ipv4']).overall.ready).toBe('yes');
    expect(judge([silent, result('portal', 'skipped', 'ipv4')], ['ipv4']).overall.ready).toBe('with-limits');
  });

  test("without any address is not ready, for the addresses' sake", () => {
    const { overall } = judge(
      both.map((family) => result('address', 'failed', family)),
      [],
    );
    expect(overall).toMatchObject({
      ready: 'no',
      obstacles: [{ reason: { en: 'address ipv4' } }, { reason: { en: 'address ipv6' } }],
    });
  });
});
