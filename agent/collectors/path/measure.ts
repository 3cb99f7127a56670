import { setTimeout as delay } from 'node:timers/promises';
import type { Host } from '../../host/host.ts';
import { type Choice, decide, meansToTry, noChoice } from './method-choice.ts';
import type { PathConfig } from './path-config.ts';
import { probePing } from './ping.ts';
import { type PathReading, runReading } from './reading.ts';
import { type Schedule, SENDING_MAX_MS } from './schedule.ts';
import { probeStamp } from './stamp.ts';
import { continueJitter, type Jitter, type Run } from './statistics.ts';
import type { Means, PathTarget } from './targets.ts';
import { probeTcp } from './tcp.ts';

const ERROR_MAX_CHARS = 300;

/** Starting a process holds up this one for a tenth of a second: the clocks that run here wait until every `ping` of the cycle is there. */
const PROCESSES_START_MS = 500;

export interface Measured {
  target: PathTarget;
  means: Means;
  fields: PathReading;
}

interface MeasureOptions {
  config: PathConfig;
  signal: AbortSignal;
}

/** That nothing could be sent (no route, no permission) is a result, and hides none of the others. */
type Result = Run | { error: string };

/** Measures one target in one family, and remembers from cycle to cycle how it can be measured and its jitter. */
export class TargetMeter {
  #choice: Choice = noChoice;
  /** By method: what one measures says nothing of another. */
  readonly #jitter = new Map<Means['method'], Jitter>();

  /** @throws AbortError when the signal is given */
  async measure(host: Host, target: PathTarget, options: MeasureOptions): Promise<Measured> {
    const schedule = scheduleOf(options.config);
    const tried = await Promise.all(
      meansToTry(target.means, this.#choice).map(async (means) => {
        return { means, result: await probe(host, target.address, { means, schedule, signal: options.signal }) };
      }),
    );
    options.signal.throwIfAborted();
    const answered = tried.flatMap(({ means, result }) => (hasAnswer(result) ? [means] : []));
    const [chosen, choice] = decide(target.means, this.#choice, answered);
    this.#choice = choice;
    const result = tried.find(({ means }) => means === chosen)?.result ?? { error: 'not measured' };
    return { target, means: chosen, fields: this.#read(target.address, chosen, result) };
  }

  #read(address: string, { method }: Means, result: Result): PathReading {
    if ('error' in result) return { address, reachable: false, error: result.error };
    const jitter = continueJitter(this.#jitter.get(method) ?? {}, result);
    this.#jitter.set(method, jitter);
    return runReading(address, result, jitter);
  }
}

/** All packets of a cycle fit into its time, whatever is configured. */
function scheduleOf({ packets, packet_interval_ms }: PathConfig): Schedule {
  return { packets, intervalMs: Math.min(packet_interval_ms, SENDING_MAX_MS / packets) };
}

async function probe(
  host: Host,
  address: string,
  { means: { method, port }, ...options }: { means: Means; schedule: Schedule; signal: AbortSignal },
): Promise<Result> {
  try {
    if (method === 'icmp') return (await probePing(host, { address }, options)) ?? { error: 'ping is not installed' };
    await delay(PROCESSES_START_MS, undefined, { signal: options.signal });
    return await (method === 'stamp' ? probeStamp : probeTcp)(host, { address, port }, options);
  } catch (error) {
    return { error: String(error instanceof Error ? error.message : error).slice(0, ERROR_MAX_CHARS) };
  }
}

function hasAnswer(result: Result): boolean {
  return 'replies' in result && result.replies.length > 0;
}
