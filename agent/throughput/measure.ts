import { CampusError } from '../../contract/errors.ts';
import { throughput } from '../../contract/measurements/throughput.ts';
import type {
  ThroughputArguments,
  ThroughputFamily,
  ThroughputLeg,
  ThroughputResult,
} from '../../contract/throughput.ts';
import type { CollectedMetric } from '../collector.ts';
import type { Host } from '../host/host.ts';
import { legMaxMs, runLeg } from './run-leg.ts';
import { findTarget, type Target } from './target.ts';

const PROGRESS_EVERY_MS = 1000;
const FIND_TARGET_MS = 20_000;

export interface ThroughputOptions {
  host: Host;
  /** The URL to which the agent reports. */
  gateway: string;
  signal: AbortSignal;
  /** Told now and then how far it is (0 to 1), and what is known so far. */
  progress: (share: number, result: ThroughputResult) => void;
}

/**
 * Measures the throughput in each family and direction that was asked for, one after another: two at once would share the link.
 * @throws CampusError `program_missing`, `same_machine`; `measurement_failed` when no leg has any figures; AbortError
 */
export async function measureThroughput(
  args: ThroughputArguments,
  { host, gateway, signal, progress }: ThroughputOptions,
): Promise<ThroughputResult> {
  const target = await findTarget(host, gateway, args);
  const legs: ThroughputLeg[] = [];
  const result = (): ThroughputResult => ({ target: target.target, legs: [...legs] });
  const planned = args.families.flatMap((family) => args.directions.map((direction) => ({ family, direction })));
  for (const leg of planned) {
    const began = host.monotonicMs();
    const tell = (): void => {
      const share = Math.min(1, (host.monotonicMs() - began) / (args.seconds * 1000));
      progress((legs.length + share) / planned.length, result());
    };
    tell();
    const telling = setInterval(tell, PROGRESS_EVERY_MS);
    try {
      legs.push({ ...leg, ...(await measureLeg(host, { ...args, ...leg, target, signal })) });
    } finally {
      clearInterval(telling);
    }
  }
  if (legs.some(({ error }) => error === undefined)) return result();
  const reasons = [...new Set(legs.map(({ error }) => error))].join('; ');
  throw new CampusError('measurement_failed', reasons.slice(0, 400));
}

/** The error of a leg in whose family the target has no address that is known and answers. */
function noAddressError(family: ThroughputFamily, target: string): string {
  return `no ${family} address of ${target} is known`;
}

/** Whether a measurement has failed because there is no address to measure to in this family: the legs of both directions say the same. */
export function isNoAddress(family: ThroughputFamily, detail: string | undefined): boolean {
  if (detail === undefined) return false;
  const [before = '', after = ''] = noAddressError(family, '*').split('*');
  return detail.startsWith(before) && detail.endsWith(after) && !detail.includes(';');
}

/** The longest that a measurement may take, ms. */
export function throughputMaxMs({ families, directions, seconds }: ThroughputArguments): number {
  const each = directions.reduce((sum, direction) => sum + legMaxMs({ seconds, direction }), 0);
  return FIND_TARGET_MS + families.length * each;
}

/** The points of a measurement. */
export function throughputMetrics({ target, legs }: ThroughputResult): CollectedMetric[] {
  return legs.map(({ family, direction, ...fields }) => ({
    name: throughput.name,
    tags: { target, family, direction },
    fields,
  }));
}

async function measureLeg(
  host: Host,
  leg: Pick<ThroughputLeg, 'family' | 'direction'> &
    Pick<ThroughputArguments, 'port' | 'bytes' | 'seconds'> & { target: Target; signal: AbortSignal },
): Promise<Omit<ThroughputLeg, 'family' | 'direction'>> {
  const { target, family, direction, port, bytes, seconds, signal } = leg;
  const address = target.addresses[family];
  if (address === undefined) return { error: noAddressError(family, target.target) };
  return runLeg(host, { address, port, family, direction, bytes, seconds }, signal);
}
