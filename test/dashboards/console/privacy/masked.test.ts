import { expect, it } from 'vitest';
import { isMasked } from '../../../../dashboards/console/src/privacy/masked.ts';

it('a masked name can be revealed; the shared row of many refusals, programs and devices cannot', () => {
  expect(['张*', 'user:w*', 'cli:r*'].map(isMasked)).toEqual([true, true, true]);
  expect(
    ['*', 'token:grafana', 'device:school/room-1', 'user:~9f86d081884c7d65', undefined, null].map(isMasked),
  ).toEqual(Array(6).fill(false));
});
