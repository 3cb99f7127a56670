import type { CheckProgress, CheckReport, StepName, StepResult, StepState } from '../agent/check.ts';
import type { LocalText } from '../contract/alert.ts';
import { CLEAR_LINE } from './progress.ts';
import { displayWidth } from './table.ts';
import type { Speaker } from './terminal.ts';

/** The texts of a check, which come with the check itself when it is loaded. */
type CheckTexts = Pick<typeof import('../agent/check.ts'), 'stepNames' | 'familyNames' | 'families' | 'verdictInWords'>;

const REDRAW_MS = 500;

const stateTexts: Readonly<Record<StepState, LocalText>> = {
  ok: { en: 'ok', 'zh-CN': '正常' },
  limited: { en: 'limited', 'zh-CN': '受限' },
  failed: { en: 'failed', 'zh-CN': '失败' },
  skipped: { en: 'skipped', 'zh-CN': '跳过' },
};
/** Select Graphic Rendition (ECMA-48 §8.3.117): green, yellow, red, faint. */
const stateColours: Readonly<Record<StepState, number>> = { ok: 32, limited: 33, failed: 31, skipped: 2 };

/** Shows a check as it goes on: a line for each result, and on a terminal one more that says what is being done, and for how long. */
export class CheckDisplay {
  readonly #speaker: Speaker;
  readonly #texts: CheckTexts;
  readonly #startedAt = performance.now();
  #running: { step: StepName; place: number; of: number } | undefined;
  /** What the running step waits for. */
  #note: LocalText | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(speaker: Speaker, texts: CheckTexts) {
    this.#speaker = speaker;
    this.#texts = texts;
  }

  show(progress: CheckProgress): void {
    if (progress.kind === 'started') [this.#running, this.#note] = [progress, undefined];
    else if (progress.kind === 'note') this.#note = progress.note;
    else this.#print(progress.result);
    if (!this.#speaker.isTerminal) return;
    this.#draw();
    this.#timer ??= setInterval(() => this.#draw(), REDRAW_MS);
  }

  /** Takes the running line away. */
  end(): void {
    clearInterval(this.#timer);
    this.#running = undefined;
    if (this.#timer !== undefined) this.#speaker.out(CLEAR_LINE);
    this.#timer = undefined;
  }

  /** Says what it all means. */
  conclude({ overall, families }: CheckReport): void {
    const { say, line } = this.#speaker;
    const { families: all, familyNames, verdictInWords } = this.#texts;
    line(`\n${say({ en: 'Ready for a lesson in 1080p, two-way?', 'zh-CN': '能否进行 1080p 双向授课？' })}`);
    for (const family of all) {
      const verdict = families[family];
      const words = verdict === 'absent' ? { en: 'not in this room', 'zh-CN': '本教室没有' } : verdictInWords(verdict);
      line(`  ${padded(familyNames[family], 9)}${say(words)}`);
    }
    line(`  ${padded(say({ en: 'overall', 'zh-CN': '总体' }), 9)}${say(verdictInWords(overall))}`);
  }

  #print({ step, family, state, found, obstacles }: StepResult): void {
    const { say, out, line, isTerminal } = this.#speaker;
    if (isTerminal) out(CLEAR_LINE);
    const name = padded(say(this.#texts.stepNames[step]), 12);
    const version = padded(family === undefined ? '' : this.#texts.familyNames[family], 6);
    line(`  ${this.#state(state)}${name}${version}${say(found)}`);
    if (state === 'skipped') return;
    for (const { hint } of obstacles)
      line(`${' '.repeat(30)}${say({ en: `try ${hint.en}`, 'zh-CN': `请尝试：${hint['zh-CN']}` })}`);
  }

  #state(state: StepState): string {
    const shown = padded(this.#speaker.say(stateTexts[state]), 10);
    return this.#speaker.colours ? `\u001b[${stateColours[state]}m${shown}\u001b[0m` : shown;
  }

  #draw(): void {
    if (this.#running === undefined) return;
    const { step, place, of } = this.#running;
    const seconds = Math.floor((performance.now() - this.#startedAt) / 1000);
    const name = this.#speaker.say(this.#texts.stepNames[step]);
    const note =
      this.#note === undefined
        ? ''
        : this.#speaker.say({ en: ` (${this.#note.en})`, 'zh-CN': `（${this.#note['zh-CN']}）` });
    this.#speaker.out(`${CLEAR_LINE}  ${place}/${of} ${name} … ${seconds} s${note}`);
  }
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(1, width - displayWidth(text)));
}
