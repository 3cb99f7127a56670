import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { logHandler } from '../../flows/log-bridge.ts';

function logged(entry: unknown): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: 'trace', base: null, timestamp: false }, { write: (line) => lines.push(JSON.parse(line)) });
  logHandler(log)(entry);
  return lines;
}

describe("Node-RED's log", () => {
  it.each([
    [10, 50],
    [20, 50],
    [30, 40],
    [40, 20],
    [50, 20],
    [60, 10],
  ])('writes level %d as our %d', (theirs, ours) => {
    expect(logged({ level: theirs, msg: 'Hello' })).toEqual([{ level: ours, msg: 'Hello' }]);
  });

  it('names the node that speaks', () => {
    expect(logged({ level: 20, msg: 'broken', id: 'a1', type: 'function', name: 'mine' })).toEqual([
      { level: 50, node: 'a1', type: 'function', node_name: 'mine', msg: 'broken' },
    ]);
  });

  it('keeps an error and whatever else a flow logs in one line', () => {
    expect(logged({ level: 20, msg: new TypeError('not so') })).toMatchObject([
      { msg: 'not so', err: { type: 'TypeError' } },
    ]);
    expect(logged({ level: 30, msg: { message: 'in an\n object' } })).toEqual([{ level: 40, msg: 'in an object' }]);
    expect(logged({ level: 30, msg: 7 })).toEqual([{ level: 40, msg: '7' }]);
  });

  it.each([
    [{ level: 99, event: 'metric' }],
    [{ level: 98, msg: 'audit' }],
    [{ level: 40, msg: ' \n ' }],
    [{}],
    [undefined],
  ])('leaves out %o', (entry) => {
    expect(logged(entry)).toEqual([]);
  });
});
