import { describe, expect, it } from 'vitest';
import { limits } from '../../contract/limits.ts';
import { isRejection } from '../../contract/payload.ts';
import { parseTelemetry } from '../../contract/telemetry.ts';

const now = 1_790_000_000_000;
const metric = {
  name: 'system',
  tags: { host: 'room-101' },
  fields: { load1: 0.25, ok: true, note: '教室' },
  timestamp: now,
};
const encode = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const parse = (value: unknown) => parseTelemetry(encode(value), now);
const withMetric = (change: object) => parse({ metrics: [{ ...metric, ...change }] });

describe('parseTelemetry', () => {
  it("takes a Telegraf batch as it is, and the agent's own additions", () => {
    const batch = { metrics: [metric, { ...metric, name: 'cpu', fields: { usage_idle: 97.5 } }] };
    expect(parse(batch)).toEqual(batch);
    const own = { metrics: [metric], boot: '9f0c2b7a51d3e864', seq: 7, replayed: true, clock: 'unsynced' };
    expect(parse(own)).toEqual(own);
  });

  it.each([
    ['an empty text', '', 'not_json'],
    ['a text that is no JSON', 'temperature=21', 'not_json'],
    ['NaN', '{"metrics":[{"name":"a","tags":{},"fields":{"x":NaN},"timestamp":1}]}', 'not_json'],
    ['JSON cut off', '{"metrics":[{"name":"a"', 'not_json'],
    [
      'a number too large for a double',
      `{"metrics":[{"name":"a","tags":{},"fields":{"x":1e400},"timestamp":${now}}]}`,
      'wrong_shape',
    ],
    ['100,000 nested lists', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'wrong_shape'],
    ['null', 'null', 'wrong_shape'],
    ['a list', [metric], 'wrong_shape'],
    ['no metrics', { metrics: [] }, 'wrong_shape'],
    ['an unknown key', { metrics: [metric], site: 'other' }, 'wrong_shape'],
    ['seq 0', { metrics: [metric], boot: '9f0c2b7a51d3e864', seq: 0 }, 'wrong_shape'],
    ['a boot too short', { metrics: [metric], boot: 'x', seq: 1 }, 'wrong_shape'],
    ['80,000 empty metrics', { metrics: Array(80_000).fill({}) }, 'wrong_shape'],
    ['too many metrics', { metrics: Array(limits.metricsPerMessage + 1).fill({ ...metric, tags: {} }) }, 'wrong_shape'],
  ])('refuses %s', (_what, payload, code) => {
    expect(parse(payload)).toMatchObject({ code });
  });

  it.each([
    ['a name with a slash', { name: 'a/b' }],
    ['a name that starts with a digit', { name: '1a' }],
    ['an empty name', { name: '' }],
    ['no fields', { fields: {} }],
    ['a nested field', { fields: { a: { b: 1 } } }],
    ['a null field', { fields: { a: null } }],
    ['a field name with a quote', { fields: { 'a"b': 1 } }],
    ['a field name with a line break', { fields: { 'a\nb': 1 } }],
    ['too long a text', { fields: { a: 'x'.repeat(limits.stringFieldChars + 1) } }],
    ['a tag that is a number', { tags: { port: 1 } }],
    ['too long a tag', { tags: { a: 'x'.repeat(limits.tagValueChars + 1) } }],
    ['too many tags', { tags: Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`t${index}`, 'x'])) }],
    ['a name of half a surrogate pair', { fields: { 'a\ud800': 1 } }],
    ['a text of half a surrogate pair', { fields: { a: 'x\udfff' } }],
    ['a tag of half a surrogate pair', { tags: { a: '\ud800' } }],
    ['a tag with a line break', { tags: { a: '1\nb\t2' } }],
    ['a fractional timestamp', { timestamp: now + 0.5 }],
    ['a timestamp as text', { timestamp: '2026-11-24T00:00:00Z' }],
  ])('refuses a metric with %s', (_what, change) => {
    expect(withMetric(change)).toMatchObject({ code: 'wrong_shape' });
  });

  it('refuses timestamps of the future and of long ago, such as nanoseconds, seconds and a Pi in 1970', () => {
    expect(withMetric({ timestamp: now + limits.futureMs })).not.toHaveProperty('code');
    expect(withMetric({ timestamp: now + limits.futureMs + 1 })).toMatchObject({ code: 'timestamp_in_future' });
    expect(withMetric({ timestamp: now * 1e6 })).toMatchObject({
      code: expect.stringMatching(/wrong_shape|timestamp_in_future/),
    });
    expect(withMetric({ timestamp: Math.floor(now / 1000) })).toMatchObject({ code: 'timestamp_too_old' });
    expect(withMetric({ timestamp: 12_345 })).toMatchObject({ code: 'timestamp_too_old' });
  });

  it('refuses bytes that are not UTF-8, and payloads above the bound', () => {
    expect(parseTelemetry(new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]), now)).toMatchObject({ code: 'not_utf8' });
    expect(parseTelemetry(new Uint8Array(limits.payloadBytes + 1), now)).toMatchObject({ code: 'payload_too_large' });
  });

  it('takes Chinese and emoji, escaped or not', () => {
    const escaped = `{"metrics":[{"name":"a","tags":{},"fields":{"\\u6559\\ud83d\\ude00":"教室😀"},"timestamp":${now}}]}`;
    expect(parse(escaped)).toMatchObject({ metrics: [{ fields: { '教😀': '教室😀' } }] });
  });

  it('says where and what was expected, in one bounded line', () => {
    const rejection = parse({ metrics: [metric, { ...metric, fields: { load1: [1] } }] });
    expect(isRejection(rejection) && rejection.detail).toContain('/metrics/1/fields/load1');
    const huge = parse({ metrics: [{ ...metric, tags: { ['k'.repeat(5000)]: 'v' } }] });
    expect(isRejection(huge) && huge.detail.length).toBeLessThanOrEqual(300);
  });
});
