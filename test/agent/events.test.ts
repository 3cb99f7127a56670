import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Check } from '#typebox/value';
import * as events from '../../agent/events.ts';
import { DeviceEvent } from '../../contract/event.ts';

const raised = [
  events.outboxFull(64),
  events.outboxHasRoom(128),
  events.outboxDamaged({ file: 'outbox.sqlite.damaged-1764000000000', saved: 3, lost: 1 }),
  events.samplesUndated(7),
  events.clockDifference(-86_400),
  events.clockUnknown(),
];

test('every event of the agent is one of the wire, and docs/agent.md says when it comes', () => {
  const guide = readFileSync(join(import.meta.dirname, '../../docs/agent.md'), 'utf8');
  expect(raised).toHaveLength(Object.keys(events).length);
  for (const event of raised) {
    expect(Check(DeviceEvent, { ...event, at: 1, boot: 'boot-one', seq: 1 })).toBe(true);
    expect(guide).toContain(`\`${event.type}\``);
  }
});
