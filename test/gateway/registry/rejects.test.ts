import { expect, test } from 'vitest';
import { REJECTS_MAX, type RejectInput } from '../../../gateway/registry/rejects.ts';
import { temporaryRegistry } from './temporary-registry.ts';

const reject: RejectInput = {
  site: 'school',
  device: 'room-1',
  topic: 'campus/v1/school/room-1/telemetry',
  code: 'not_json',
  detail: 'expected JSON',
  time: 1000,
  sample: '{"metrics":',
};

test('a reject keeps its reason; the same one within a minute is counted', () => {
  const { rejects } = temporaryRegistry().registry;
  rejects.add(reject);
  rejects.add({ ...reject, time: 60_999, detail: 'another detail' });
  rejects.add({ ...reject, time: 61_000 });
  rejects.add({ ...reject, time: 61_000, code: 'wrong_shape' });
  const [shape, second, first] = rejects.list({ limit: 10 });
  expect(first).toEqual({ id: 1, lastTime: 60_999, count: 2, ...reject });
  expect(second).toMatchObject({ time: 61_000, count: 1, code: 'not_json' });
  expect(rejects.list({ limit: 10, code: 'wrong_shape' })).toEqual([shape]);
  expect(rejects.list({ limit: 10, device: 'room-2' })).toEqual([]);
  expect(rejects.list({ limit: 1, before: second?.id })).toEqual([first]);
});

test('what the message did not tell is absent', () => {
  const { rejects } = temporaryRegistry().registry;
  rejects.add({ code: 'packet_malformed', detail: 'x', time: 1 });
  expect(rejects.list({ limit: 1 })[0]).toMatchObject({
    site: undefined,
    device: undefined,
    topic: undefined,
    sample: undefined,
  });
});

test('the oldest go when the table is full', () => {
  const { rejects } = temporaryRegistry().registry;
  for (let n = 1; n <= REJECTS_MAX + 5; n += 1) rejects.add({ ...reject, topic: `t/${n}` });
  const all = rejects.list({ limit: 2 * REJECTS_MAX });
  expect(all).toHaveLength(REJECTS_MAX);
  expect(all.at(-1)?.topic).toBe('t/6');
  expect(all[0]?.topic).toBe(`t/${REJECTS_MAX + 5}`);
});

test('texts are cut', () => {
  const { rejects } = temporaryRegistry().registry;
  rejects.add({
    ...reject,
    topic: 'x'.repeat(60_000),
    detail: 'y'.repeat(60_000),
    sample: `\u0007${'z'.repeat(60_000)}`,
  });
  const [row] = rejects.list({ limit: 1 });
  expect([row?.topic?.length, row?.detail.length, row?.sample?.length]).toEqual([256, 500, 200]);
  expect(row?.sample?.startsWith('\ufffdz')).toBe(true);
});
