import { describe, expect, it } from 'vitest';
import { joinWindows } from '../../../queue/salvage/window-union.ts';
import { SequenceWindows } from '../../../queue/sequence-windows.ts';

describe('joinWindows', () => {
  it('has seen what either has seen', () => {
    const one = new SequenceWindows();
    const other = new SequenceWindows();
    const both = new SequenceWindows();
    for (let sequence = 1; sequence <= 200; sequence++) {
      if (sequence % 3 !== 0) one.add('s/d', 'boot', sequence);
      if (sequence % 7 !== 0) other.add('s/d', 'boot', sequence);
      if (sequence % 21 !== 0) both.add('s/d', 'boot', sequence);
    }
    const joined = joinWindows(joinWindows([], one.encode('s/d')) ?? [], other.encode('s/d'));
    expect(JSON.stringify(joined)).toBe(both.encode('s/d'));
  });

  it('puts epochs that only the older image has first, for those are forgotten first', () => {
    const newer = joinWindows([], '[["two",[[1,5]]],["three",[[1,1]]]]') ?? [];
    expect(joinWindows(newer, '[["one",[[1,9]]],["two",[[1,3]]]]')).toEqual([
      ['one', [[1, 9]]],
      ['two', [[1, 5]]],
      ['three', [[1, 1]]],
    ]);
  });

  it.each(['', '{', '[["one"]]', '[["one",[[1]]]]', '[["one",[["1",2]]]]', '{"one":[]}', 'null'])(
    'refuses %s',
    (text) => {
      expect(joinWindows([], text)).toBeUndefined();
    },
  );
});
