import { expect, test } from 'vitest';
import { loadPart, PartLost } from '../../../../dashboards/console/src/parts/load-part.ts';

/** What becomes of a part that a gateway does not give, which is away (`-`) so many times that it is asked, then there (`+`). */
async function lostAt(course: string) {
  const pauses: number[] = [];
  const load = () => Promise.reject(new TypeError('Failed to fetch dynamically imported module'));
  const pause = async (ms: number): Promise<void> => void pauses.push(ms);
  const served = async (): Promise<boolean> => course[pauses.length] === '+';
  const outcome = await loadPart(load, { served, pause }).catch((error: unknown) => error);
  return { outcome, pauses };
}

test('what is there is there at once', async () => {
  const never = () => Promise.reject(new Error('nobody has to wait'));
  expect(await loadPart(async () => 'the part', { served: never, pause: never })).toBe('the part');
});

test('the window is loaded anew no sooner than there is a gateway, which is waited for ever more patiently', async () => {
  const { outcome, pauses } = await lostAt('------+');
  expect(outcome).toBeInstanceOf(PartLost);
  expect(pauses).toEqual([500, 1000, 2000, 4000, 5000, 5000]);
});

test('a gateway that is there and has no such part has another console', async () => {
  const { outcome, pauses } = await lostAt('+');
  expect(outcome).toBeInstanceOf(PartLost);
  expect(pauses).toEqual([]);
});
