import { describe, expect, it } from 'vitest';
import { moment, table } from '../../cli/table.ts';

describe('table', () => {
  it('lines columns up, Chinese ones too, and shows what is unknown', () => {
    expect(
      table(
        ['id', '名称', 'z'],
        [
          ['1', undefined, 'end'],
          ['22', 'abcdef', undefined],
        ],
      ),
    ).toBe('id  名称    z\n1   -       end\n22  abcdef  -\n');
  });
});

describe('moment', () => {
  it('is a text in UTC', () => {
    expect(moment(1_764_000_000_999)).toBe('2025-11-24T16:00:00Z');
    expect(moment(undefined)).toBeUndefined();
  });
});
