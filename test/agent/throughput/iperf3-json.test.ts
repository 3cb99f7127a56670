import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseIperf3 } from '../../../agent/throughput/iperf3-json.ts';

const fixture = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../fixtures/throughput', `${name}.json`), 'utf8');

test('what arrived counts, in both directions', () => {
  expect(parseIperf3(fixture('up'), 'up')).toEqual({
    bits_per_second: 2586755.2923693378,
    bytes: 5560592,
    seconds: 17.197118,
    retransmits: 3313,
  });
  expect(parseIperf3(fixture('down'), 'down')).toEqual({
    bits_per_second: 1575107.2128901093,
    bytes: 4009512,
    seconds: 20.364389,
    retransmits: 3197,
  });
});

test('a leg that was interrupted has the figures of its own side, and none of what it does not know', () => {
  expect(parseIperf3(fixture('up-interrupted'), 'up')).toBe('interrupted');
  expect(parseIperf3(fixture('down-interrupted'), 'down')).toEqual({
    bits_per_second: 165148.8107118621,
    bytes: 43440,
    seconds: 2.104284,
  });
});

test('an error is told, and is no figure', () => {
  expect(parseIperf3(fixture('refused'), 'up')).toEqual({ error: 'unable to connect to server: Connection refused' });
  const nothing = { end: {}, error: 'interrupt - the client has terminated' };
  expect(parseIperf3(JSON.stringify(nothing), 'down')).toEqual({
    error: expect.stringContaining('nothing was carried'),
  });
});

test.each([
  ['a truncated one', fixture('up').slice(0, 900)],
  ['nonsense', 'iperf3: parameter error - bind'],
  ['no report', '{"start":{}}'],
  ['a text for a number', '{"end":{"sum_sent":{"seconds":"1","bytes":2,"bits_per_second":3}}}'],
])('%s is refused with what came', (_what, text) => {
  expect(() => parseIperf3(text, 'up')).toThrow(
    expect.objectContaining({ code: 'parse_failed', message: expect.stringContaining('iperf3 --json line 1') }),
  );
});
