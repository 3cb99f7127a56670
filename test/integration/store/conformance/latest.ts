import { expect, it } from 'vitest';
import { at, filled, inOrder, point, type StoreUnderTest, write } from './store-under-test.ts';

const DAY_SECONDS = 24 * 3600;

/** The newest point of every series. */
export function latestConforms(under: StoreUnderTest): void {
  it('gives the newest point of every series, of one site, device or measurement', async () => {
    const newest = [
      point('a', 9, { rx_bytes: 9, tx_bytes: 1 }, { interface: 'eth0' }),
      point('a', 7, { rx_bytes: 7 }, { interface: 'wlan0' }),
      point('b', 1, { rx_bytes: 1 }),
      { ...point('a', 3, { rx_bytes: 3 }), site: 'school-2' },
      { ...point('a', 2, { used_bytes: 2 }), measurement: 'disk' },
    ];
    const older = point('a', 5, { rx_bytes: 5, tx_bytes: 6, carrier: 7 }, { interface: 'eth0' });
    const store = await filled(under, [...newest, older]);
    const latest = async (more: object) => inOrder(await store.latest(more));
    expect(await latest({})).toEqual(inOrder(newest));
    const network = newest.filter(({ measurement }) => measurement === 'network');
    expect(await latest({ measurement: 'network' })).toEqual(inOrder(network));
    expect(await latest({ measurement: 'network', site: 'school', device: 'a' })).toEqual(inOrder(newest.slice(0, 2)));
    expect(await latest({ site: 'school-2' })).toEqual([newest[3]]);
    expect(await latest({ site: 'elsewhere' })).toEqual([]);
    expect(await latest({ measurement: 'nothing' })).toEqual([]);
  });

  it('gathers what several batches brought for one moment', async () => {
    const store = await filled(under, [point('a', 5, { rx_bytes: 5 })]);
    await write(under, store, [point('a', 5, { tx_bytes: 6 })], 2);
    expect(await store.latest({ measurement: 'network' })).toEqual([point('a', 5, { rx_bytes: 5, tx_bytes: 6 })]);
  });

  it('looks back a day from the newest point of a measurement, however old that is', async () => {
    const year = 365 * DAY_SECONDS;
    const store = await filled(under, [
      point('gone', -year - DAY_SECONDS - 1, { rx_bytes: 1 }),
      point('quiet', -year - DAY_SECONDS + 1, { rx_bytes: 2 }),
      point('busy', -year, { rx_bytes: 3 }),
      { ...point('a', 0, { used_bytes: 4 }), measurement: 'disk' },
    ]);
    const devices = (await store.latest({})).map(({ device }) => device).sort();
    expect(devices).toEqual(['a', 'busy', 'quiet']);
    expect((await store.latest({ measurement: 'network', device: 'busy' }))[0]?.time).toBe(at(-year));
  });
}
