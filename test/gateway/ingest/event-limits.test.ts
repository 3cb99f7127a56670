import { expect, test } from 'vitest';
import { limits } from '../../../contract/limits.ts';
import { EventLimits } from '../../../gateway/ingest/event-limits.ts';

const payload = new Uint8Array(100);

test('a device may report a burst of events and then some a minute, whatever others do', () => {
  const eventLimits = new EventLimits();
  for (let n = 0; n < limits.eventBurst; n += 1) expect(eventLimits.refusal('school/wild', payload, 0)).toBeUndefined();
  expect(eventLimits.refusal('school/wild', payload, 0)?.code).toBe('event_limit');
  expect(eventLimits.refusal('school/quiet', payload, 0)).toBeUndefined();
  const minuteLater = Array.from({ length: 50 }, () => eventLimits.refusal('school/wild', payload, 60_000));
  expect(minuteLater.filter((refusal) => refusal === undefined)).toHaveLength(limits.eventsPerMinute);
});

test('an event that is too large is refused', () => {
  expect(new EventLimits().refusal('school/wild', new Uint8Array(limits.eventBytes + 1), 0)).toMatchObject({
    code: 'payload_too_large',
  });
});
