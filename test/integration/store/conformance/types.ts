import { expect, it } from 'vitest';
import type { FieldType } from '../../../../gateway/store/store.ts';
import { at, filled, onlyPoints, point, query, type StoreUnderTest, write } from './store-under-test.ts';

const examples: Readonly<Record<FieldType, [string | number | boolean, string | number | boolean]>> = {
  number: [1, 2.5],
  string: ['full', 'half "duplex"'],
  boolean: [true, false],
};

/** Types of fields: those that a store holds come back as they were, all others are left out and counted. */
export function typesConform(under: StoreUnderTest): void {
  it.each(under.holds)('keeps a %s as it is', async (type) => {
    const [first, second] = examples[type];
    const store = await filled(under, [point('a', 1, { value: first }), point('a', 2, { value: second })]);
    const of = query({ field: 'value' });
    expect(onlyPoints(await store.series(of))).toEqual([
      [at(1), first],
      [at(2), second],
    ]);
    const inOneStep = async (aggregate: 'first' | 'last' | 'count') =>
      onlyPoints(await store.series({ ...of, step: 60_000, aggregate }));
    expect(await inOneStep('first')).toEqual([[at(0), first]]);
    expect(await inOneStep('last')).toEqual([[at(0), second]]);
    expect(await inOneStep('count')).toEqual([[at(0), 2]]);
    expect((await store.latest({ measurement: 'network' })).map(({ fields }) => fields)).toEqual([{ value: second }]);
    expect((await store.fieldTypes()).get('network')).toEqual(new Map([['value', type]]));
  });

  it.each(under.holds.filter((type) => type !== 'number'))('does not add up a %s', async (type) => {
    const store = await filled(under, [point('a', 1, { value: examples[type][0] })]);
    for (const aggregate of ['mean', 'sum', 'min', 'max'] as const) {
      await expect(store.series(query({ field: 'value', step: 60_000, aggregate }))).rejects.toMatchObject({
        code: 'request_invalid',
      });
    }
  });

  const others = (Object.keys(examples) as FieldType[]).filter((type) => !under.holds.includes(type));
  it.each(others)('leaves out and counts a %s, and keeps the rest of its point', async (type) => {
    const store = await filled(under, []);
    const points = [
      point('a', 1, { rx_bytes: 1, value: examples[type][0] }),
      point('b', 2, { value: examples[type][1] }),
    ];
    expect(await write(under, store, points, 2)).toBe(2);
    expect(await store.latest({ measurement: 'network' })).toEqual([point('a', 1, { rx_bytes: 1 })]);
    expect(await store.series(query({ field: 'value' }))).toEqual({ series: [], truncated: false });
  });

  it.each(['many', true])(
    'keeps the numbers of a field that comes as %j, too, and counts what it leaves out',
    async (wrong) => {
      const store = await filled(under, [point('a', 1, { rx_bytes: 1 })]);
      const skipped = await write(
        under,
        store,
        [point('a', 2, { rx_bytes: wrong }), point('a', 3, { rx_bytes: 3 })],
        2,
      );
      expect(skipped).toBe(under.mixesTypes ? 0 : 1);
      expect(onlyPoints(await store.series(query()))).toEqual([
        [at(1), 1],
        [at(3), 3],
      ]);
    },
  );
}
