import { expect, test } from 'vitest';
import { handleCommand } from '../../agent/commands.ts';
import { recordingLog } from './recording-log.ts';

function told(payload: string): number[] {
  const times: number[] = [];
  handleCommand(Buffer.from(payload), { told: (time) => times.push(time), log: recordingLog().log });
  return times;
}

test("the gateway's time is heard, also with what a later version adds to it", () => {
  expect(told('{"command":"time","time":1764000000000}')).toEqual([1_764_000_000_000]);
  expect(told('{"command":"time","time":1764000000000,"id":"7","error_ms":3}')).toEqual([1_764_000_000_000]);
});

test.each([
  '{"command":"collect","id":"7"}',
  '{"command":"time"}',
  '{"command":"time","time":-1}',
  '{"command":"time","time":"noon"}',
  '{"command":"time","time":1.5}',
  'null',
  '',
  '\u00ff',
  `{"command":"time","time":1,"x":"${'x'.repeat(300_000)}"}`,
])('what is no command of this version is left alone: %.40s', (payload) => {
  expect(told(payload)).toEqual([]);
});
