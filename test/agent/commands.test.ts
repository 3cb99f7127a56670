import { expect, test } from 'vitest';
import { handleCommand } from '../../agent/commands.ts';
import { recordingLog } from './recording-log.ts';

function told(payload: string): number[] {
  const times: number[] = [];
  handleCommand(Buffer.from(payload), {
    told: (time) => times.push(time),
    pseudonymKey: () => undefined,
    execute: () => undefined,
    log: recordingLog().log,
  });
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

test('the key for the pseudonyms of clients is heard, and stands in no log', () => {
  const keys: [string, number][] = [];
  const { log, lines } = recordingLog();
  const key = 'A'.repeat(43);
  const hear = (payload: string): void =>
    handleCommand(Buffer.from(payload), {
      told: () => undefined,
      pseudonymKey: (...told) => keys.push(told),
      execute: () => undefined,
      log,
    });
  hear(JSON.stringify({ command: 'pseudonym-key', key, valid_ms: 5000 }));
  hear(JSON.stringify({ command: 'pseudonym-key', key: `${key}B`, valid_ms: 5000 }));
  expect(keys).toEqual([[key, 5000]]);
  expect(JSON.stringify(lines)).not.toContain('AAAA');
});
