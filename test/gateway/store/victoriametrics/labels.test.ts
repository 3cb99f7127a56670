import { describe, expect, it } from 'vitest';
import type { FieldTypes, Point } from '../../../../gateway/store/store.ts';
import { decodeLabels, encodeLabel, encodePoints } from '../../../../gateway/store/victoriametrics/labels.ts';

const point: Point = { site: 's', device: 'd', measurement: 'network', tags: {}, fields: {}, time: 1 };

describe('points as series', () => {
  it('carry the measurement, and the type where it is not a number', () => {
    const types: FieldTypes = new Map();
    const of = { ...point, tags: { interface: 'eth0' }, fields: { rx_bytes: 5, carrier: true, duplex: 'full' } };
    expect(encodePoints([of], types)).toEqual({
      points: [
        { ...point, tags: { measurement: 'network', interface: 'eth0' }, fields: { rx_bytes: 5 } },
        {
          ...point,
          tags: { measurement: 'network', interface: 'eth0', value_type: 'boolean' },
          fields: { carrier: 1 },
        },
      ],
      skipped: 1,
    });
    expect(types.get('network')).toEqual(
      new Map([
        ['rx_bytes', 'number'],
        ['carrier', 'boolean'],
      ]),
    );
  });

  it('leave out a value of another type than its field has', () => {
    const types: FieldTypes = new Map([['network', new Map([['rx_bytes', 'number' as const]])]]);
    expect(encodePoints([{ ...point, fields: { rx_bytes: true } }], types)).toEqual({ points: [], skipped: 1 });
  });

  it.each(['interface', 'measurement', 'value_type', '__name__', 'tag_measurement', 'tag_tag___name__', 'tag'])(
    'give back the tag %s',
    (tag) => {
      const metric = {
        __name__: 'network_rx_bytes',
        measurement: 'network',
        site: 's',
        device: 'd',
        [encodeLabel(tag)]: 'x',
      };
      expect(decodeLabels(metric)).toEqual({
        point: { ...point, time: 0, tags: { [tag]: 'x' } },
        field: 'rx_bytes',
        type: 'number',
      });
    },
  );

  it('are none of ours without site, device and measurement', () => {
    expect(decodeLabels({ __name__: 'up', job: 'node' })).toBeUndefined();
    expect(decodeLabels({ __name__: 'up', measurement: 'network', site: 's', device: 'd' })).toBeUndefined();
    expect(decodeLabels({ __name__: 'network_up', measurement: 'network', site: 's' })).toBeUndefined();
  });
});
