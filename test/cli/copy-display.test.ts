import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { CopyDisplay, duration } from '../../cli/copy-display.ts';
import { parseMoment } from '../../cli/moment-option.ts';
import { speakerAt } from '../../cli/terminal.ts';

function display({ isTerminal, lang = 'en' }: { isTerminal: boolean; lang?: string }) {
  const printed: string[] = [];
  const clock = { ms: 0 };
  const terminal = {
    env: {},
    stdin: Readable.from([]),
    isTerminal,
    colours: false,
    columns: 80,
    out: (text: string) => printed.push(text),
    err: () => {},
  };
  const shown = new CopyDisplay(speakerAt(terminal, ['--lang', lang]), () => clock.ms);
  const at = (ms: number, points: number, fraction: number, more = {}): void => {
    clock.ms = ms;
    shown.show({ measurement: 'network', points, fraction, isSettling: false, ...more });
  };
  return { printed, at, end: () => shown.end() };
}

describe('the display of a copy', () => {
  it('draws one line anew on a terminal: how far, how much, how fast, how long still', () => {
    const { printed, at, end } = display({ isTerminal: true });
    at(1000, 1_000_000, 0.5);
    at(1100, 1_500_000, 0.6);
    at(11_000, 2_000_000, 0.75);
    end();
    expect(printed).toEqual([
      '\r\u001b[K[##########..........]  50 %  1,000,000 points  network',
      '\r\u001b[K[###############.....]  75 %  2,000,000 points  100,000/s  10 s left  network',
      '\n',
    ]);
  });

  it('prints a line now and then where there is no terminal', () => {
    const { printed, at, end } = display({ isTerminal: false, lang: 'zh-CN' });
    for (let second = 1; second <= 25; second++) at(second * 1000, second * 1000, second / 100);
    at(26_000, 26_000, 1, { isSettling: true });
    end();
    expect(printed).toHaveLength(4);
    expect(printed.every((line) => line.endsWith('\n') && !line.includes('\r'))).toBe(true);
    expect(printed[1]).toMatch(/ {2}11 % {2}11,000 个数据点 {2}1,000\/s {2}剩余 \d+ (秒|分钟) {2}network\n$/);
    expect(printed[3]).toContain('等待目标存储落盘');
  });

  it('never wraps, for a line that wrapped could not be drawn anew', () => {
    const { printed, at } = display({ isTerminal: true });
    at(1000, 5, 0.5, { measurement: '教'.repeat(60) });
    const line = printed[0]?.replace('\r\u001b[K', '') ?? '';
    const wide = [...line].filter((character) => character === '教').length;
    expect(wide).toBeGreaterThan(5);
    expect(line.length + wide).toBeLessThan(80);
  });

  it('tells times in words', () => {
    const speaker = { say: ({ en }: { en: string }) => en };
    expect([0, 59.4, 59.6, 150, 3600, 7500].map((seconds) => duration(seconds, speaker))).toEqual([
      '0 s',
      '59 s',
      '1 min',
      '3 min',
      '1 h 0 min',
      '2 h 5 min',
    ]);
  });
});

describe('moments', () => {
  it.each([
    ['2026-03-01', Date.UTC(2026, 2, 1)],
    ['2026-03-01T08:00:00+08:00', Date.UTC(2026, 2, 1)],
    ['2026-03-01T00:00Z', Date.UTC(2026, 2, 1)],
    ['1772323200000', 1_772_323_200_000],
  ])('%s', (text, ms) => expect(parseMoment(text)).toBe(ms));

  it.each(['', 'yesterday', '2026-13-01', '2026-03-01T08:00:00', '1960-01-01', '-5'])('are none: %j', (text) => {
    expect(parseMoment(text)).toBeUndefined();
  });
});
