import type { CampusError } from '../contract/errors.ts';
import { CLEAR_LINE } from './progress.ts';
import type { Speaker } from './terminal.ts';

/**
 * Says on standard error that something is being waited for, and for how long already; where no person reads along, only what changes.
 */
export class WaitingLine {
  readonly #speaker: Speaker;
  readonly #startedAt = performance.now();
  #timer: ReturnType<typeof setInterval> | undefined;
  #problem: CampusError | undefined;

  constructor(speaker: Speaker) {
    this.#speaker = speaker;
  }

  /** @param problem why there is no answer just now */
  show(problem: CampusError | undefined): void {
    const isNew = this.#timer === undefined || problem?.code !== this.#problem?.code;
    this.#problem = problem;
    if (isNew && !this.#speaker.isTerminal) this.#speaker.err(`${this.#text()}\n`);
    if (isNew) this.#redraw();
    this.#timer ??= setInterval(() => this.#redraw(), 1000);
  }

  /** Takes the line away. */
  end(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    if (this.#speaker.isTerminal) this.#speaker.err(CLEAR_LINE);
  }

  #redraw(): void {
    if (!this.#speaker.isTerminal) return;
    const seconds = Math.floor((performance.now() - this.#startedAt) / 1000);
    const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
    this.#speaker.err(`${CLEAR_LINE}${this.#text()} ${minutes}:${String(rest).padStart(2, '0')}`);
  }

  #text(): string {
    const problem = this.#problem;
    if (problem === undefined) return this.#speaker.say({ en: 'Waiting for approval', 'zh-CN': '等待批准' });
    return this.#speaker.say({
      en: `The gateway does not answer just now (${problem.code}); waiting`,
      'zh-CN': `网关暂无应答（${problem.code}），继续等待`,
    });
  }
}
