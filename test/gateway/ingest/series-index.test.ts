import { describe, expect, it } from 'vitest';
import { limits } from '../../../contract/limits.ts';
import { SeriesIndex } from '../../../gateway/ingest/series-index.ts';
import type { Point } from '../../../gateway/store/store.ts';

const point = (change: Partial<Point> = {}): Point => ({
  site: 'school',
  device: 'room',
  measurement: 'sensor',
  tags: {},
  fields: { value: 1 },
  time: 1000,
  ...change,
});

describe('SeriesIndex', () => {
  it('answers with the newest point of each series, whatever the order of tags and times', () => {
    const index = new SeriesIndex();
    const put = (one: Point): void => {
      expect(index.admit(one)).toBeUndefined();
      index.update(one);
    };
    put(point({ tags: { a: '1', b: '2' }, time: 5 }));
    put(point({ tags: { b: '2', a: '1' }, time: 9 }));
    put(point({ tags: { a: '1', b: '2' }, time: 7 }));
    put(point({ device: 'other', time: 3 }));
    expect(index.query({ device: 'room' }).map(({ time }) => time)).toEqual([9]);
    expect(index.query({ measurement: 'sensor' })).toHaveLength(2);
    expect(index.query({ measurement: 'nothing' })).toEqual([]);
    expect(index.size).toBe(2);
  });

  it('bounds the series of one device and leaves those it knows, and other devices, alone', () => {
    const index = new SeriesIndex();
    const tagged = (number: number, device = 'room') => point({ device, tags: { n: String(number) } });
    for (let number = 0; number < limits.seriesPerDevice; number++) expect(index.admit(tagged(number))).toBeUndefined();
    expect(index.admit(tagged(limits.seriesPerDevice))).toMatchObject({ code: 'series_limit' });
    expect(index.admit(tagged(0))).toBeUndefined();
    expect(index.admit(tagged(0, 'other'))).toBeUndefined();
  });

  it('bounds the fields of a measurement and the measurements', () => {
    const index = new SeriesIndex();
    const fields = Object.fromEntries(Array.from({ length: limits.fieldsPerMeasurement }, (_, n) => [`f${n}`, n]));
    expect(index.admit(point({ fields }))).toBeUndefined();
    expect(index.admit(point({ fields: { another: 1 } }))).toMatchObject({ code: 'field_limit' });
    const names = Array.from({ length: limits.measurements }, (_, n) => index.admit(point({ measurement: `m${n}` })));
    expect(names.at(-1)).toMatchObject({ code: 'field_limit' });
  });

  it('bounds the fields that one device may bring in, so that it leaves room for others', () => {
    const index = new SeriesIndex();
    const fill = (device: string, prefix: string) => {
      for (let n = 0; n < limits.newFieldsPerDevice + 1; n++) {
        const rejection = index.admit(point({ device, measurement: `${prefix}${n % 4}`, fields: { [`f${n}`]: n } }));
        if (rejection !== undefined) return { n, code: rejection.code };
      }
      return undefined;
    };
    expect(fill('noisy', 'a')).toEqual({ n: limits.newFieldsPerDevice, code: 'field_limit' });
    expect(index.admit(point({ device: 'other', measurement: 'b', fields: { x: 1 } }))).toBeUndefined();
  });

  it('answers with stored points only, and gives back the room of what could not be stored', () => {
    const index = new SeriesIndex();
    const lost = point({ tags: { a: '1' } });
    index.admit(lost);
    expect(index.query({})).toEqual([]);
    expect(index.size).toBe(1);
    index.release(index.series(lost)!);
    expect(index.size).toBe(0);
    const kept = point({ tags: { a: '1' }, time: 5 });
    index.admit(kept);
    index.update(kept);
    index.release(index.series(kept)!);
    expect(index.query({})).toEqual([kept]);
  });

  it('holds a field to its first type, and the contract’s fields to theirs', () => {
    const index = new SeriesIndex();
    expect(index.admit(point({ fields: { value: 'text' } }))).toBeUndefined();
    expect(index.admit(point({ fields: { value: 5 } }))).toMatchObject({
      code: 'field_type_conflict',
      detail: 'sensor.value: expected a string, got a number',
    });
    expect(index.admit(point({ measurement: 'system', fields: { load1: 'high' } }))).toMatchObject({
      code: 'field_type_conflict',
    });
    expect(index.admit(point({ measurement: 'system', fields: { uptime_format: '1 day' } }))).toBeUndefined();
  });

  it('goes on after a restart with what the store holds', () => {
    const index = new SeriesIndex();
    index.seed(new Map([['sensor', new Map([['value', 'boolean' as const]])]]), [
      point({ fields: { value: true }, time: 8 }),
    ]);
    expect(index.query({})[0]?.time).toBe(8);
    expect(index.admit(point())).toMatchObject({ code: 'field_type_conflict' });
  });
});
