import { describe, expect, it } from 'vitest';
import type { Point } from '../../../../dashboards/console/src/api/schema.ts';
import { sumField } from '../../../../dashboards/console/src/format/fields.ts';
import { splitInterfaces } from '../../../../dashboards/console/src/format/interfaces.ts';
import { modelName } from '../../../../dashboards/console/src/format/model-name.ts';

const point = (name: string, kind: string, fields: Point['fields'] = {}): Point => ({
  ...{ site: 'school', device: 'room-101', measurement: 'network', time: 5 },
  tags: { interface: name, kind },
  fields,
});
const names = (points: readonly Point[]) => points.map((entry) => entry.tags['interface']);

describe('splitInterfaces', () => {
  it('puts physical interfaces first, by what the agent says and else by their kind', () => {
    const { main, others } = splitInterfaces([
      point('docker0', 'bridge', { virtual: true }),
      point('eth0', 'ethernet', { virtual: false }),
      point('wlan0', 'wifi'),
      point('eth9', 'ethernet', { virtual: true }),
    ]);
    expect(names(main)).toEqual(['eth0', 'wlan0']);
    expect(names(others)).toEqual(['docker0', 'eth9']);
  });

  it('shows the virtual ones of a container, which has no others, but not its loopback', () => {
    const { main, others } = splitInterfaces([
      point('lo', 'loopback', { virtual: true }),
      point('eth0', 'veth', { virtual: true }),
    ]);
    expect(names(main)).toEqual(['eth0']);
    expect(names(others)).toEqual(['lo']);
  });
});

describe('sumField', () => {
  it('adds what is known and says nothing of nothing', () => {
    expect(sumField([point('a', 'wifi', { rx: 1 }), point('b', 'wifi'), point('c', 'wifi', { rx: 2 })], 'rx')).toBe(3);
    expect(sumField([point('a', 'wifi')], 'rx')).toBeUndefined();
  });
});

describe('modelName', () => {
  it('does not say the maker twice', () => {
    expect(modelName('Raspberry Pi', 'Raspberry Pi 5 Model B')).toBe('Raspberry Pi 5 Model B');
    expect(modelName('Dell Inc.', 'OptiPlex')).toBe('Dell Inc. OptiPlex');
    expect(modelName(undefined, 'OptiPlex')).toBe('OptiPlex');
    expect(modelName('Dell Inc.', undefined)).toBe('Dell Inc.');
  });
});
