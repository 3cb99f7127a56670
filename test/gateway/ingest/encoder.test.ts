import { describe, expect, it } from 'vitest';
import { limits } from '../../../contract/limits.ts';
import { isRejection } from '../../../contract/payload.ts';
import { checkTelemetry, timeBounds } from '../../../contract/telemetry.ts';
import { Encoder } from '../../../gateway/ingest/encoder.ts';
import { SeriesIndex } from '../../../gateway/ingest/series-index.ts';
import { pointsOf } from '../../../gateway/store/batch.ts';
import { decodePoints } from '../../../gateway/store/point-reader.ts';

const NOW = 1_790_000_000_000;
const TIMES = timeBounds(NOW);
const source = { site: 'school', device: 'room' };

const message = () => ({
  metrics: [
    {
      name: 'cpu',
      tags: { host: 'box', site: 'x' },
      fields: { idle: 9.5, name: '处理器', busy: false },
      timestamp: NOW,
    },
    { name: 'mem', tags: {}, fields: { used: 0 }, timestamp: NOW - 5 },
  ] as Record<string, unknown>[],
  boot: 'abcdefgh',
  seq: 4,
});
type Message = ReturnType<typeof message>;

/** An encoder that has seen `message()` once, by way of the schema. */
function experienced(): Encoder {
  const index = new SeriesIndex(() => NOW);
  const encoder = new Encoder(index, { trusts: () => false });
  const telemetry = checkTelemetry(message(), TIMES);
  if (isRejection(telemetry)) throw new Error(telemetry.detail);
  const points = pointsOf('school', 'room', telemetry);
  for (const point of points) expect(index.admit(point)).toBeUndefined();
  encoder.admitted(points, telemetry);
  return encoder;
}

/** A message with its first metric changed. */
const withMetric = (change: Record<string, unknown>): Message => {
  const changed = message();
  changed.metrics[0] = { ...changed.metrics[0], ...change };
  return changed;
};

describe('a message like the one before', () => {
  it('is encoded as the schema would have let it through', () => {
    const json = message();
    const encoded = experienced().known(source, json, TIMES);
    const telemetry = checkTelemetry(json, TIMES);
    if (isRejection(telemetry)) throw new Error(telemetry.detail);
    expect(encoded).toMatchObject({ boot: 'abcdefgh', seq: 4 });
    expect(decodePoints('school', 'room', encoded!.body)).toEqual(pointsOf('school', 'room', telemetry));
  });

  it('may hold other values, and points of one series more than once', () => {
    const json = message();
    json.metrics = [json.metrics[1]!, { ...json.metrics[1], fields: { used: -1e300 }, timestamp: NOW + 1 }];
    const encoded = experienced().known(source, json, TIMES);
    expect(decodePoints('school', 'room', encoded!.body).map(({ fields }) => fields)).toEqual([
      { used: 0 },
      { used: -1e300 },
    ]);
  });

  it.each<[string, unknown]>([
    ['is no object', 7],
    ['is null', null],
    ['has no metrics', { boot: 'abcdefgh' }],
    ['has an empty list', { metrics: [] }],
    ['has a key that there is not', { ...message(), extra: 1 }],
    ['has a wrong boot', { ...message(), boot: 'a b' }],
    ['has a wrong number', { ...message(), seq: 0 }],
    ['has metrics that are none', { ...message(), metrics: [7] }],
    ['is of another series', withMetric({ name: 'disk' })],
    ['has another tag', withMetric({ tags: { host: 'other' } })],
    ['has a tag that is no text', withMetric({ tags: { host: 7 } })],
    ['has a stamped tag that is no text', withMetric({ tags: { host: 'box', site: 7 } })],
    ['has a stamped tag with a control character', withMetric({ tags: { host: 'box', site: 'a\nb' } })],
    ['has a stamped tag that is too long', withMetric({ tags: { host: 'box', device: 'x'.repeat(257) } })],
    ['has no tags', withMetric({ tags: undefined })],
    ['has tags that are a list', withMetric({ tags: ['box'] })],
    ['has another field', withMetric({ fields: { idle: 1, name: '', busy: true, more: 1 } })],
    ['lacks a field', withMetric({ fields: { idle: 1, name: '' } })],
    ['has its fields in another order', withMetric({ fields: { name: '', idle: 1, busy: true } })],
    ['has a field of another type', withMetric({ fields: { idle: '1', name: '', busy: true } })],
    ['has a number that is none', withMetric({ fields: { idle: Number.POSITIVE_INFINITY, name: '', busy: true } })],
    ['has a text that is too long', withMetric({ fields: { idle: 1, name: 'x'.repeat(16_385), busy: true } })],
    ['has a time that is no whole number', withMetric({ timestamp: NOW + 0.5 })],
    ['has a time in the future', withMetric({ timestamp: NOW + limits.futureMs + 1 })],
    ['has a time long ago', withMetric({ timestamp: NOW - limits.pastMs - 1 })],
  ])('is left to the schema when it %s', (_, json) => {
    expect(experienced().known(source, json, TIMES)).toBeUndefined();
  });

  it('of another device is left to the schema', () => {
    expect(experienced().known({ site: 'school', device: 'other' }, message(), TIMES)).toBeUndefined();
  });
});
