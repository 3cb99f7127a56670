import { describe, expect, it } from 'vitest';
import { encodePoints } from '../../../gateway/store/point-codec.ts';
import { decodePoints, isIntact, pointCount } from '../../../gateway/store/point-reader.ts';
import type { Point } from '../../../gateway/store/store.ts';

const points: Omit<Point, 'site' | 'device'>[] = [
  {
    measurement: 'network',
    tags: { interface: 'eth0', 区: '东' },
    fields: { rx: 5e-324, tx: -0.1 },
    time: 1_790_000_000_123,
  },
  { measurement: 'disk', tags: {}, fields: { mount: '/数据 "x"\n', read_only: true, full: false, empty: '' }, time: 0 },
  { measurement: 'network', tags: { interface: 'eth1' }, fields: { rx: 2 ** 53, tx: 0 }, time: -1 },
  {
    measurement: 'odd',
    tags: {},
    fields: Object.fromEntries([
      ['__proto__', 1],
      ['1', 2],
      ['a', 3],
    ]),
    time: 9,
  },
];

describe('points in the spool', () => {
  it('come back as they were', () => {
    const body = encodePoints(points);
    expect([isIntact(body), pointCount(body)]).toEqual([true, 4]);
    expect(decodePoints('school', 'room', body)).toEqual(
      points.map((point) => ({ site: 'school', device: 'room', ...point })),
    );
  });

  it('come back from the middle of a larger buffer', () => {
    const body = encodePoints(points);
    const around = Buffer.concat([Buffer.alloc(13, 0xff), body, Buffer.alloc(7, 0xff)]);
    const window = around.subarray(13, 13 + body.length);
    expect(isIntact(window)).toBe(true);
    expect(decodePoints('school', 'room', window)).toHaveLength(4);
  });

  it('may be many, and hold long texts', () => {
    const many = Array.from({ length: 1000 }, (_, n) => ({
      ...points[0]!,
      fields: { text: `${n}`.repeat(80) },
      time: n,
    }));
    expect(decodePoints('s', 'd', encodePoints(many)).map(({ fields }) => fields['text'])).toEqual(
      many.map(({ fields }) => fields.text),
    );
  });

  it('tell when a single bit has changed, whichever', () => {
    const body = encodePoints(points);
    for (let bit = 0; bit < body.length * 8; bit++) {
      const damaged = Buffer.from(body);
      damaged[bit >> 3] = damaged[bit >> 3]! ^ (1 << (bit & 7));
      expect(isIntact(damaged)).toBe(false);
    }
  });

  it('tell when they are cut short, or something else', () => {
    const body = encodePoints(points);
    for (let length = 0; length < body.length; length++) expect(isIntact(body.subarray(0, length))).toBe(false);
    expect(isIntact(Buffer.from('{"metrics":[]}'))).toBe(false);
  });
});
