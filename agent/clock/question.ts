import { type GatewayTime, gatewayTime } from './gateway-time.ts';

/** A gateway that has not answered within this time does not answer: the next question comes later. */
const ANSWERED_WITHIN_MS = 5000;

export interface QuestionOptions {
  /** Puts the question to the gateway, and calls back when it has been taken, or cannot be. */
  ask: (taken: (granted: boolean) => void) => void;
  monotonicMs: () => number;
}

interface Asked {
  at: number;
  /** The gateway has confirmed the question: what comes now is its answer, and not that to an earlier one, for messages stay in order. */
  taken: boolean;
  settle: (answer: GatewayTime | undefined) => void;
}

/** Asks the gateway for its time, one question at a time, and measures how long the answer took. */
export class Question {
  readonly #options: QuestionOptions;
  #asked: Asked | undefined;

  constructor(options: QuestionOptions) {
    this.#options = options;
  }

  /** @returns undefined when there is no answer in time, or the question was cancelled */
  ask(): Promise<GatewayTime | undefined> {
    this.cancel();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.cancel(), ANSWERED_WITHIN_MS);
      const settle = (answer: GatewayTime | undefined): void => {
        clearTimeout(timer);
        this.#asked = undefined;
        resolve(answer);
      };
      const asked: Asked = { at: this.#options.monotonicMs(), taken: false, settle };
      this.#asked = asked;
      this.#options.ask((granted) => {
        if (this.#asked !== asked) return;
        asked.taken = granted;
        if (!granted) this.cancel();
      });
    });
  }

  /**
   * The gateway has told its time, ms since 1970.
   * @returns false when that was no answer: the gateway had a reason of its own
   */
  answered(time: number): boolean {
    const asked = this.#asked;
    if (asked === undefined) return false;
    if (asked.taken) asked.settle(gatewayTime(asked.at, this.#options.monotonicMs(), time));
    return true;
  }

  /** Waits no longer. */
  cancel(): void {
    this.#asked?.settle(undefined);
  }
}
