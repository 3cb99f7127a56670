import type { StoreCopyProgress } from '../gateway/store-copy.ts';
import { displayWidth } from './table.ts';
import type { Speaker } from './terminal.ts';

/** A terminal's line is drawn anew this often; where there is no terminal a line is printed this often. */
const REDRAW_MS = 200;
const LINE_MS = 10_000;
const BAR_WIDTH = 20;

/** Shows how a copy goes on: one line that changes on a terminal, a line now and then elsewhere. */
export class CopyDisplay {
  readonly #speaker: Speaker;
  /** A clock that never goes back, ms. */
  readonly #elapsed: () => number;
  readonly #startedAt: number;
  /** The first that was told of this run: opening the stores is over then, and what an earlier run has copied is in it. */
  #begin: { progress: StoreCopyProgress; at: number } | undefined;
  #shown: { at: number; measurement: string; isSettling: boolean } | undefined;

  constructor(speaker: Speaker, elapsed: () => number) {
    this.#speaker = speaker;
    this.#elapsed = elapsed;
    this.#startedAt = elapsed();
  }

  show(progress: StoreCopyProgress): void {
    const now = this.#elapsed();
    this.#begin ??= { progress, at: now };
    const { isTerminal } = this.#speaker;
    const isNews = this.#shown?.measurement !== progress.measurement || this.#shown.isSettling !== progress.isSettling;
    const isDue = now - (this.#shown?.at ?? 0) >= (isTerminal ? REDRAW_MS : LINE_MS);
    if (!isNews && !isDue) return;
    this.#shown = { at: now, measurement: progress.measurement, isSettling: progress.isSettling };
    const line = this.#line(progress, now);
    this.#speaker.out(isTerminal ? `\r\u001b[K${clipped(line, this.#speaker.columns)}` : `${line}\n`);
  }

  /** Ends the line that was drawn. */
  end(): void {
    if (this.#shown !== undefined && this.#speaker.isTerminal) this.#speaker.out('\n');
  }

  /** Seconds since the copy began. */
  get seconds(): number {
    return (this.#elapsed() - this.#startedAt) / 1000;
  }

  #line(progress: StoreCopyProgress, now: number): string {
    const speaker = this.#speaker;
    const begin = this.#begin ?? { progress, at: now };
    const { measurement, points, fraction, isSettling } = progress;
    const percent = `${Math.floor(fraction * 100)} %`.padStart(5);
    const count = speaker.say({ en: `${grouped(points)} points`, 'zh-CN': `${grouped(points)} 个数据点` });
    if (isSettling) {
      const waiting = speaker.say({ en: 'waiting for the disk of the target', 'zh-CN': '等待目标存储落盘' });
      return `${bar(fraction)} ${percent}  ${count}  ${waiting}`;
    }
    const parts = [`${bar(fraction)} ${percent}`, count];
    const seconds = (now - begin.at) / 1000;
    const advanced = fraction - begin.progress.fraction;
    if (seconds > 0) parts.push(`${grouped(Math.round((points - begin.progress.points) / seconds))}/s`);
    if (seconds > 0 && advanced > 0) {
      const left = duration((seconds * (1 - fraction)) / advanced, speaker);
      parts.push(speaker.say({ en: `${left} left`, 'zh-CN': `剩余 ${left}` }));
    }
    // The name is last: it is what may be cut.
    return [...parts, measurement].join('  ');
  }
}

/** Seconds in words: `45 s`, `3 min`, `2 h 5 min`. */
export function duration(seconds: number, speaker: Pick<Speaker, 'say'>): string {
  const whole = Math.round(seconds);
  if (whole < 60) return speaker.say({ en: `${whole} s`, 'zh-CN': `${whole} 秒` });
  const minutes = Math.round(whole / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours === 0) return speaker.say({ en: `${minutes} min`, 'zh-CN': `${minutes} 分钟` });
  return speaker.say({ en: `${hours} h ${rest} min`, 'zh-CN': `${hours} 小时 ${rest} 分钟` });
}

/** 1,234,567 */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

function bar(fraction: number): string {
  const filled = Math.round(fraction * BAR_WIDTH);
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}]`;
}

/** A line that would wrap could not be drawn anew. */
function clipped(line: string, columns: number): string {
  let text = line;
  while (displayWidth(text) >= columns) text = text.slice(0, -1);
  return text;
}
