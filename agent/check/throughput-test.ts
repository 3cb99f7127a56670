import type { LocalText } from '../../contract/alert.ts';
import { CampusError } from '../../contract/errors.ts';
import type { CommandProgress } from '../../contract/self-command.ts';
import type { ThroughputFamily, ThroughputLeg } from '../../contract/throughput.ts';
import { isNoAddress } from '../throughput/measure.ts';
import { text } from './step.ts';
import type { ThroughputOutcome, ThroughputTest } from './throughput-step.ts';
import { unmeasuredBy } from './unmeasured.ts';

/** What of a measurement is told while it goes on. */
export interface During {
  signal: AbortSignal;
  progress: (progress: Pick<CommandProgress, 'state' | 'progress'>) => void;
}

type Ended = Pick<CommandProgress, 'state' | 'result' | 'code' | 'detail'>;

/** Measures this machine in one family as the gateway has granted it, and waits for the end. @throws CampusError, AbortError */
export type FamilyMeasurement = (family: ThroughputFamily, during: During) => Promise<Ended>;

/** A test by measurements that the gateway grants. */
export function throughputTest(measure: FamilyMeasurement): ThroughputTest {
  return async (family, { signal, tell }) => {
    try {
      const ended = await measure(family, { signal, progress: (progress) => tell(noteOf(progress)) });
      return ended.state === 'done' ? figuresOf(family, ended) : failureOf(family, ended.code, ended.detail);
    } catch (error) {
      if (!(error instanceof CampusError)) throw error;
      return failureOf(family, error.code, error.message);
    }
  };
}

function failureOf(family: ThroughputFamily, code: string | undefined, detail: string | undefined): ThroughputOutcome {
  if (isNoAddress(family, detail)) return 'no-address';
  return unmeasuredBy(code) ?? { error: detail ?? code ?? 'failed' };
}

function figuresOf(family: ThroughputFamily, { result }: Ended): ThroughputOutcome {
  const legs = (result?.legs ?? []).filter((leg) => leg.family === family);
  const mbitOf = (direction: ThroughputLeg['direction']): number | undefined => {
    const bits = legs.find((leg) => leg.direction === direction)?.bits_per_second;
    return bits === undefined ? undefined : bits / 1e6;
  };
  const [down, up] = [mbitOf('down'), mbitOf('up')];
  const error = legs.find((leg) => leg.error !== undefined)?.error;
  return {
    ...(down === undefined ? {} : { downMbitPerSecond: down }),
    ...(up === undefined ? {} : { upMbitPerSecond: up }),
    ...(error === undefined ? {} : { error }),
  };
}

function noteOf({ state, progress = 0 }: Pick<CommandProgress, 'state' | 'progress'>): LocalText {
  if (state === 'waiting') return text('waits for its turn', '排队中');
  if (state === 'sent') return text('asks the agent', '正在通知代理程序');
  const percent = Math.round(progress * 100);
  return text(`measures, ${percent} %`, `测速中，${percent} %`);
}
