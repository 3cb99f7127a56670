import type { RoomCheckArguments, RoomCheckProgress, RoomCheckReport } from '../../contract/room-check.ts';
import type { CollectedMetric } from '../collector.ts';
import type { AgentConfig } from '../config.ts';
import type { Host } from '../host/host.ts';
import { throughputMetrics } from '../throughput/measure.ts';
import { checkRoom } from './check-room.ts';
import { reportJson, stepsJson } from './report-json.ts';
import { roomThroughput } from './room-throughput.ts';
import { checkSettings } from './settings.ts';
import type { StepResult } from './step.ts';

/** How far it is, is told this often at most: the gateway passes over what comes faster, and the first steps take milliseconds. */
const TELL_EVERY_MS = 500;

export interface CommandedCheckOptions {
  host: Host;
  /** The URL to which the agent reports. */
  gateway: string;
  config: AgentConfig['agent'];
  /** Takes the throughput that was measured. */
  emit: (metrics: CollectedMetric[]) => void;
  signal: AbortSignal;
  /** Told how far it is (0 to 1), and what is known so far. */
  progress: (share: number, far: RoomCheckProgress) => void;
}

/**
 * Checks the room because the gateway has asked for it.
 * @throws AbortError when the signal is given
 */
export async function checkOnCommand(
  args: RoomCheckArguments,
  { host, gateway, config, emit, signal, progress }: CommandedCheckOptions,
): Promise<RoomCheckReport> {
  const results: StepResult[] = [];
  let tell: (() => void) | undefined;
  const telling = setInterval(() => {
    tell?.();
    tell = undefined;
  }, TELL_EVERY_MS);
  try {
    const report = await checkRoom({
      ...{ host, gateway, signal, ...checkSettings(config) },
      throughput: roomThroughput(args, {
        ...{ host, gateway, enabled: config.throughput.enabled },
        measured: (result) => emit(throughputMetrics(result)),
      }),
      onProgress: (change) => {
        if (change.kind === 'finished') {
          results.push(change.result);
          return;
        }
        // The console's own bar tells how far the throughput is.
        if (change.kind === 'note') return;
        const { step, place, of } = change;
        tell = () => progress((place - 1) / of, { running: step, steps: stepsJson(results) });
      },
    });
    return reportJson(report);
  } finally {
    clearInterval(telling);
  }
}
