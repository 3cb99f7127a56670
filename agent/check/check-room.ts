import type { LocalText } from '../../contract/alert.ts';
import type { ResolverQuery } from '../collectors/resolver/resolver-config.ts';
import { checkAddresses } from './address-step.ts';
import { checkDns } from './dns-step.ts';
import { checkLink } from './link-step.ts';
import { checkFirstHops, checkGateway } from './path-steps.ts';
import { checkPortal } from './portal-step.ts';
import type { Room } from './room.ts';
import type { StepName, StepResult } from './step.ts';
import { checkThroughput } from './throughput-step.ts';
import { judge, type Verdicts } from './verdict.ts';

/** What is told while a check runs. */
export type CheckProgress =
  | { kind: 'started'; step: StepName; place: number; of: number }
  | { kind: 'note'; note: LocalText }
  | { kind: 'finished'; result: StepResult };

export interface CheckReport extends Verdicts {
  /** When it began, ms since 1970. */
  startedAt: number;
  durationMs: number;
  steps: StepResult[];
}

export interface CheckOptions extends Omit<Room, 'present' | 'medium' | 'tell'> {
  /** What the name servers are asked. */
  queries: readonly ResolverQuery[];
  onProgress: (progress: CheckProgress) => void;
}

type Step = (room: Room) => Promise<StepResult[]>;

/**
 * Is this room ready for a lesson? From the link to the throughput, one step after the other, within a minute. What fails is a result; after the link or
 * without any address there is nothing left to measure.
 * @throws AbortError when the signal is given: at once, or in some seconds where a wish has to be taken back
 */
export async function checkRoom({ queries, onProgress, ...parts }: CheckOptions): Promise<CheckReport> {
  const room: Room = { ...parts, medium: undefined, present: [], tell: (note) => onProgress({ kind: 'note', note }) };
  const steps: readonly [StepName, Step][] = [
    ['link', async () => [await checkLink(room)]],
    ['address', checkAddresses],
    ['first-hop', checkFirstHops],
    ['dns', () => checkDns(room, queries)],
    ['portal', checkPortal],
    ['gateway', checkGateway],
    ['throughput', checkThroughput],
  ];
  const [startedAt, begin] = [room.host.now(), room.host.monotonicMs()];
  const results: StepResult[] = [];
  for (const [index, [step, look]] of steps.entries()) {
    onProgress({ kind: 'started', step, place: index + 1, of: steps.length });
    room.signal.throwIfAborted();
    const looking = look(room);
    // The throughput ends by itself when it is told to: first it takes back what still waits at the gateway.
    for (const result of await (step === 'throughput' ? looking : unlessAborted(room.signal, looking))) {
      results.push(result);
      onProgress({ kind: 'finished', result });
    }
    const isCutOff = step === 'link' ? results.some(({ state }) => state === 'failed') : room.present.length === 0;
    if (isCutOff) break;
  }
  const durationMs = Math.round(room.host.monotonicMs() - begin);
  return { startedAt, durationMs, steps: results, ...judge(results, room.present) };
}

/** A look-up or a handshake cannot be taken back: the person who gives up does not wait for it. */
async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const give = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', give, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', give);
  }
}
