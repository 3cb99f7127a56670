import { expect, it } from 'vitest';
import type { Point } from '../../../../gateway/store/store.ts';
import { at, filled, onlyPoints, point, query, type StoreUnderTest } from './store-under-test.ts';

/** Names that the wire allows (contract/telemetry.ts) and databases stumble over. */
const oddNames = [
  '教室',
  'läßt sich, = 不',
  'with space',
  'dots.and:colons-and/slashes',
  '1st',
  '#hash',
  '{brace}',
  '(paren)[bracket]',
  'a|b&c;d?e!f*g%h$i@j~k^l+m<n>',
  '😀',
  'time',
  'time_',
  '_field',
  '_measurement',
  '__name__',
  'measurement',
  'tag_measurement',
  'value_type',
  'value',
  'select',
  'series',
  'db',
];

/** Texts of tags: anything that can be printed. */
const oddTexts = [
  '教室 3, "东" = a\\b',
  "it's",
  'comma,equals=space ',
  ' leading',
  'C:\\',
  'C:\\dir\\file',
  '\\',
  '\\\\',
  'a\\,b',
  'a\\ b',
  'a\\=b',
  '\\"',
  '{a="b"}',
  '.*',
  '%25',
  '😀',
  'x'.repeat(256),
];

/** Whatever the wire allows comes back as it was, and is found by its name. */
export function namesConform(under: StoreUnderTest): void {
  it('tells names apart that differ in case', async () => {
    const store = await filled(under, [
      point('a', 1, { Value: 1, value: 2, VALUE: 4 }, { Interface: 'x', interface: 'y' }),
      { ...point('a', 1, { value: 8 }), measurement: 'Network' },
    ]);
    expect(onlyPoints(await store.series(query({ field: 'Value' })))).toEqual([[at(1), 1]]);
    expect(onlyPoints(await store.series(query({ field: 'VALUE', tags: { Interface: 'x' } })))).toEqual([[at(1), 4]]);
    expect(onlyPoints(await store.series(query({ measurement: 'Network', field: 'value' })))).toEqual([[at(1), 8]]);
  });

  it('takes odd names of fields', async () => {
    const fields = Object.fromEntries(oddNames.map((name, index) => [name, index]));
    const odd = point('a', 1, fields);
    const store = await filled(under, [odd]);
    expect(await store.latest({ measurement: 'network' })).toEqual([odd]);
    expect([...((await store.fieldTypes()).get('network')?.keys() ?? [])].sort()).toEqual(oddNames.toSorted());
    for (const [field, value] of Object.entries(fields)) {
      expect(onlyPoints(await store.series(query({ field }))), field).toEqual([[at(1), value]]);
      const sum = await store.series(query({ field, step: 60_000, aggregate: 'sum' }));
      expect(onlyPoints(sum), field).toEqual([[at(0), value]]);
    }
  });

  it('takes odd names of tags', async () => {
    const points = oddNames.map((name, index) => point('a', index, { rx_bytes: index }, { [name]: 'x' }));
    const store = await filled(under, points);
    const latest = await store.latest({ measurement: 'network' });
    expect(latest.toSorted((one, other) => one.time - other.time)).toEqual(points);
    for (const [index, name] of oddNames.entries()) {
      const { series } = await store.series(
        query({ tags: { [name]: 'x' }, groupBy: [name], step: 60_000, aggregate: 'last' }),
      );
      expect(series, name).toEqual([{ tags: { [name]: 'x' }, points: [[at(0), index]] }]);
    }
  });

  it('takes odd texts of tags, one beside the other', async () => {
    const points = oddTexts.map((text, index) =>
      point('a', index, { rx_bytes: index }, { before: text, note: text, z: 'end' }),
    );
    const store = await filled(under, points);
    expect((await store.read({ measurement: 'network', from: at(0), to: at(60), limit: 100 })).points).toEqual(points);
    for (const [index, note] of oddTexts.entries()) {
      const { series } = await store.series(query({ tags: { note }, groupBy: ['note'] }));
      expect(series, note).toEqual([{ tags: { note }, points: [[at(index), index]] }]);
    }
  });

  it('takes odd names of measurements, and does not mix up those whose names join alike', async () => {
    const of = (measurement: string, field: string, value: number): Point => ({
      ...point('a', 1, { [field]: value }),
      measurement,
    });
    const points = [of('odd.name:1-x', 'f', 1), of('a', 'b_c', 2), of('a_b', 'c', 4), of('order', 'by', 8)];
    const store = await filled(under, points);
    expect((await store.latest({})).toSorted((one, other) => (one.measurement < other.measurement ? -1 : 1))).toEqual(
      points.toSorted((one, other) => (one.measurement < other.measurement ? -1 : 1)),
    );
    const one = async (measurement: string, field: string) =>
      onlyPoints(await store.series(query({ measurement, field })));
    expect(await one('a', 'b_c')).toEqual([[at(1), 2]]);
    expect(await one('a_b', 'c')).toEqual([[at(1), 4]]);
    expect(await one('order', 'by')).toEqual([[at(1), 8]]);
    expect([...((await store.fieldTypes()).get('a_b')?.keys() ?? [])]).toEqual(['c']);
  });

  it('does not mix up a tag and a field of one name', async () => {
    const same = point('a', 1, { speed: 100 }, { speed: 'fast' });
    const store = await filled(under, [same]);
    expect(await store.latest({ measurement: 'network' })).toEqual([same]);
    const { series } = await store.series(
      query({ field: 'speed', tags: { speed: 'fast' }, groupBy: ['speed'], step: 60_000 }),
    );
    expect(series).toEqual([{ tags: { speed: 'fast' }, points: [[at(0), 100]] }]);
    expect((await store.read({ measurement: 'network', from: at(0), to: at(60), limit: 10 })).points).toEqual([same]);
  });

  if (under.holds.includes('string')) {
    it('takes any text in a field', async () => {
      const text = 'ein "Wort", \\ und \'mehr\'\n网络\\';
      const odd = point('a', 1, { text });
      const store = await filled(under, [odd]);
      expect(await store.latest({ measurement: 'network' })).toEqual([odd]);
      expect((await store.read({ measurement: 'network', from: at(0), to: at(60), limit: 10 })).points).toEqual([odd]);
    });
  }
}
