import { describe, expect, it } from 'vitest';
import { limits } from '../../../contract/limits.ts';
import { Encoder } from '../../../gateway/ingest/encoder.ts';
import { SeriesIndex } from '../../../gateway/ingest/series-index.ts';
import type { Point } from '../../../gateway/store/store.ts';

const DAY_MS = 24 * 3600 * 1000;

const point = (change: Partial<Point> = {}): Point => ({
  site: 'school',
  device: 'room',
  measurement: 'sensor',
  tags: {},
  fields: { value: 1 },
  time: 1000,
  ...change,
});

/** An index with a clock, and what ingest does with a point. */
function start() {
  const clock = { now: 1_790_000_000_000 };
  const index = new SeriesIndex(() => clock.now);
  const encoder = new Encoder(index, { trusts: () => false });
  const admit = (one: Point = point()) => index.admit(one);
  const store = (one: Point): void => {
    const { body, records } = encoder.admitted([one], {});
    for (const record of records) index.update(body, record);
  };
  return { clock, index, encoder, admit, store };
}

describe('SeriesIndex', () => {
  it('answers with the newest point of each series, whatever the order of tags and times', () => {
    const { index, admit, store } = start();
    const put = (one: Point): void => {
      expect(admit(one)).toBeUndefined();
      store(one);
    };
    put(point({ tags: { a: '1', b: '2' }, time: 5 }));
    put(point({ tags: { b: '2', a: '1' }, time: 9, fields: { value: 7, name: '值', on: true } }));
    put(point({ tags: { a: '1', b: '2' }, time: 7 }));
    put(point({ device: 'other', time: 3 }));
    expect(index.query({ device: 'room' })).toEqual([
      point({ tags: { a: '1', b: '2' }, time: 9, fields: { value: 7, name: '值', on: true } }),
    ]);
    expect(index.query({ measurement: 'sensor' })).toHaveLength(2);
    expect(index.query({ measurement: 'nothing' })).toEqual([]);
    expect(index.size).toBe(2);
  });

  it('bounds the series of one device and leaves those it knows, and other devices, alone', () => {
    const { admit } = start();
    const tagged = (number: number, device = 'room') => point({ device, tags: { n: String(number) } });
    for (let number = 0; number < limits.seriesPerDevice; number++) expect(admit(tagged(number))).toBeUndefined();
    expect(admit(tagged(limits.seriesPerDevice))).toMatchObject({ code: 'series_limit' });
    expect(admit(tagged(0))).toBeUndefined();
    expect(admit(tagged(0, 'other'))).toBeUndefined();
  });

  it('makes room for new series when old ones have been silent for a day', () => {
    const { clock, index, admit, store } = start();
    const tagged = (number: number) => point({ tags: { n: String(number) } });
    for (let number = 0; number < limits.seriesPerDevice; number++) {
      admit(tagged(number));
      store(tagged(number));
    }
    clock.now += DAY_MS;
    for (let number = 0; number < 5; number++) store(tagged(number));
    expect(admit(tagged(9999))).toMatchObject({ code: 'series_limit' });
    clock.now += 60_001;
    expect(admit(tagged(9999))).toBeUndefined();
    expect(index.size).toBe(6);
  });

  it('bounds the memory that the newest values of a device take', () => {
    const { index, encoder, admit, store } = start();
    const wordy = (number: number, chars = 16_000) =>
      point({ tags: { n: String(number) }, fields: { text: 'x'.repeat(chars) } });
    const tooLarge = (one: Point): boolean => {
      admit(one);
      const { body, records } = encoder.admitted([one], {});
      return index.isTooLarge(body, records);
    };
    let count = 0;
    while (!tooLarge(wordy(count))) store(wordy(count++));
    expect(count).toBe(Math.floor(limits.latestBytesPerDevice / 16_004));
    // What takes no more than before may still come, and what was large makes room when it gets small.
    expect(tooLarge(wordy(0))).toBe(false);
    store(wordy(0, 10));
    expect(tooLarge(wordy(count))).toBe(false);
    expect(tooLarge({ ...wordy(count), device: 'other' })).toBe(false);
  });

  it('bounds the fields of a measurement', () => {
    const { admit } = start();
    const fields = Object.fromEntries(Array.from({ length: limits.fieldsPerMeasurement }, (_, n) => [`f${n}`, n]));
    expect(admit(point({ fields }))).toBeUndefined();
    expect(admit(point({ device: 'other', fields: { another: 1 } }))).toMatchObject({ code: 'field_limit' });
  });

  it('bounds the measurements and fields that one device may bring in, so that it leaves room for others', () => {
    const { admit } = start();
    const measurements = Array.from({ length: limits.newMeasurementsPerDevice + 1 }, (_, n) =>
      admit(point({ device: 'noisy', measurement: `m${n}` })),
    );
    expect(measurements.filter((rejection) => rejection !== undefined)).toMatchObject([{ code: 'field_limit' }]);
    expect(admit(point({ device: 'other', measurement: 'projector' }))).toBeUndefined();
    const fields = Array.from({ length: limits.newFieldsPerDevice + 1 }, (_, n) =>
      admit(point({ device: 'wordy', measurement: `m${n % 8}`, fields: { [`f${n}`]: n } })),
    );
    expect(fields.filter((rejection) => rejection !== undefined)).toMatchObject([{ code: 'field_limit' }]);
    expect(admit(point({ device: 'other', measurement: 'm0', fields: { x: 1 } }))).toBeUndefined();
  });

  it('answers with stored points only, and gives back the room of what could not be stored', () => {
    const { index, admit, store } = start();
    const lost = point({ tags: { a: '1' } });
    admit(lost);
    expect(index.query({})).toEqual([]);
    expect(index.size).toBe(1);
    index.release(index.series(lost)!);
    expect(index.size).toBe(0);
    const kept = point({ tags: { a: '1' }, time: 5 });
    admit(kept);
    store(kept);
    index.release(index.series(kept)!);
    expect(index.query({})).toEqual([kept]);
  });

  it('holds the contract’s fields to their types, and no device to the mistake of another', () => {
    const { admit } = start();
    expect(admit(point({ measurement: 'system', fields: { load1: 'high' } }))).toMatchObject({
      code: 'field_type_conflict',
      detail: 'system.load1: expected a number, got a string',
    });
    expect(admit(point({ measurement: 'system', fields: { uptime_format: '1 day' } }))).toBeUndefined();
    expect(admit(point({ device: 'wrong', fields: { value: 'n/a' } }))).toBeUndefined();
    expect(admit(point({ fields: { value: 5 } }))).toBeUndefined();
  });

  it('goes on after a restart with what the store holds', () => {
    const { index, admit } = start();
    const names = Array.from({ length: limits.fieldsPerMeasurement }, (_, n): [string, 'number'] => [
      `f${n}`,
      'number',
    ]);
    index.seedFields(new Map([['sensor', new Map(names)]]));
    index.seedPoints([point({ fields: { f0: 3 }, time: 8 })]);
    expect(index.query({})).toEqual([point({ fields: { f0: 3 }, time: 8 })]);
    expect(admit(point({ fields: { f1: 3 } }))).toBeUndefined();
    expect(admit(point({ fields: { another: 3 } }))).toMatchObject({ code: 'field_limit' });
  });

  it('keeps count of a series whose second point is stored and whose first is not', () => {
    const { index, encoder, admit } = start();
    const late = point({ time: 2000 });
    expect(admit()).toBeUndefined();
    const first = encoder.admitted([point()], {});
    expect(admit(late)).toBeUndefined();
    const second = encoder.admitted([late], {});
    for (const { series } of first.records) index.release(series);
    for (const record of second.records) index.update(second.body, record);
    expect(index.query({})).toEqual([late]);
    expect([index.size, index.device('school', 'room')?.bytes]).toEqual([1, 8]);
    expect(admit(point({ time: 3000 }))).toBeUndefined();
    const third = encoder.admitted([point({ time: 3000 })], {});
    for (const record of third.records) index.update(third.body, record);
    expect([index.size, index.device('school', 'room')?.bytes]).toEqual([1, 8]);
  });
});
