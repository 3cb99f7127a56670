import type { LocalText } from '../../contract/alert.ts';
import type { PathFamily } from '../../contract/measurements/path.ts';

/** The steps of a check, in their order. */
export const stepNames = {
  link: { en: 'link', 'zh-CN': '链路' },
  address: { en: 'address', 'zh-CN': '地址' },
  'first-hop': { en: 'first hop', 'zh-CN': '第一跳' },
  dns: { en: 'DNS', 'zh-CN': 'DNS' },
  portal: { en: 'portal', 'zh-CN': '门户' },
  gateway: { en: 'gateway', 'zh-CN': '网关' },
  throughput: { en: 'throughput', 'zh-CN': '吞吐量' },
} as const satisfies Record<string, LocalText>;
export type StepName = keyof typeof stepNames;

export const familyNames = { ipv4: 'IPv4', ipv6: 'IPv6' } as const satisfies Record<PathFamily, string>;
export const families = ['ipv4', 'ipv6'] as const satisfies readonly PathFamily[];

export type StepState = 'ok' | 'limited' | 'failed' | 'skipped';

/** Whether a lesson can be held. */
export type Readiness = 'yes' | 'with-limits' | 'no';

/** One measured number. */
export interface Figure {
  /** snake_case with the unit last, as on the wire: `rtt_ms`. */
  name: string;
  value: number;
  /** ms, %, Mbit/s …; empty for a plain number. */
  unit: string;
}

/** Something that stands in the way, and what to do about it. Both go on in the middle of a sentence. */
export interface Obstacle {
  /** After "because". */
  reason: LocalText;
  /** After "try". */
  hint: LocalText;
}

export interface StepResult {
  step: StepName;
  /** Absent where it is not about one address family. */
  family?: PathFamily;
  state: StepState;
  /** What was found, in a line. */
  found: LocalText;
  figures: Figure[];
  obstacles: Obstacle[];
  /** What a lesson may be by this step alone. */
  allows: Readiness;
}

const allowed: Readonly<Record<StepState, Readiness>> = {
  ok: 'yes',
  limited: 'with-limits',
  failed: 'no',
  skipped: 'yes',
};

type StepDetail = Partial<Pick<StepResult, 'family' | 'figures' | 'obstacles' | 'allows'>>;

/** A result, which allows what its state says unless told otherwise. */
export function stepResult(step: StepName, state: StepState, found: LocalText, detail: StepDetail = {}): StepResult {
  return { step, state, found, figures: [], obstacles: [], allows: allowed[state], ...detail };
}

export function text(en: string, zh: string): LocalText {
  return { en, 'zh-CN': zh };
}

export function obstacle(reason: LocalText, hint: LocalText): Obstacle {
  return { reason, hint };
}

/** A number for people: a hundredth below ten, a tenth below a hundred, then whole. */
export function shown(value: number): string {
  return String(Number(value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)));
}

/** What texts of several findings say together. */
export function joined(texts: readonly LocalText[], separators: LocalText): LocalText {
  return text(
    texts.map(({ en }) => en).join(separators.en),
    texts.map((one) => one['zh-CN']).join(separators['zh-CN']),
  );
}
