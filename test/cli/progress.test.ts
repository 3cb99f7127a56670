import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ProgressLine, sizeText } from '../../cli/progress.ts';
import { speakerAt } from '../../cli/terminal.ts';

/** A line on a terminal, or not, and what is printed. */
function lineOn(isTerminal: boolean, quiet = false) {
  let printed = '';
  const out = (text: string): void => {
    printed += text;
  };
  const speaker = speakerAt(
    { env: {}, stdin: Readable.from([]), isTerminal, colours: false, columns: 80, out, err: out },
    [],
  );
  return { line: new ProgressLine(speaker, 'Backing up', quiet), printed: () => printed };
}

describe('a progress line', () => {
  it('is written anew when its number changes, and goes away', () => {
    const { line, printed } = lineOn(true);
    for (const share of [0.101, 0.102, 0.55, 7]) line.show(share);
    line.end();
    expect(printed().split('\r\u001b[K')).toEqual(['', 'Backing up 10 %', 'Backing up 55 %', 'Backing up 100 %', '']);
  });

  it('is not written where nobody reads along, nor for a program', () => {
    for (const { line, printed } of [lineOn(false), lineOn(true, true)]) {
      line.show(0.5);
      line.end();
      expect(printed()).toBe('');
    }
  });

  it.each([
    [0, '0.0 kB'],
    [4096, '4.1 kB'],
    [999_999, '1000.0 kB'],
    [12_345_678, '12.3 MB'],
    [5_000_000_000, '5.0 GB'],
  ])('a size of %i bytes reads %s', (bytes, text) => {
    expect(sizeText(bytes)).toBe(text);
  });
});
