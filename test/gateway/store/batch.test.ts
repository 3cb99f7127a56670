import { expect, it } from 'vitest';
import { pointsOf } from '../../../gateway/store/batch.ts';

it('a point has the site and device of its topic, and only tags that say something', () => {
  const tags = { site: 'elsewhere', device: 'another', interface: 'eth0', host: '' };
  const metric = { name: 'network', tags, fields: { rx_bytes: 1 }, timestamp: 5 };
  expect(pointsOf('school', 'room-1', { metrics: [metric] })).toEqual([
    {
      site: 'school',
      device: 'room-1',
      measurement: 'network',
      tags: { interface: 'eth0' },
      fields: { rx_bytes: 1 },
      time: 5,
    },
  ]);
  expect(tags).toEqual({ site: 'elsewhere', device: 'another', interface: 'eth0', host: '' });
});
