import type { path } from '../../../contract/measurements/path.ts';
import type { Reading } from '../../collector.ts';
import { type Jitter, oneWayJitterMs, type Run, summarise } from './statistics.ts';
import { voiceQuality } from './voice-quality.ts';

export type PathReading = Reading<typeof path>;

/** A path of which nothing came back has no delay, and by 100 % loss the least quality whatever the delay: R is 0 then. */
const NO_DELAY_MS = 0;

/** The fields of one target in one family. */
export function runReading(address: string, run: Run, jitter: Jitter): PathReading {
  const statistics = summarise(run);
  const jitterMs = oneWayJitterMs(jitter);
  const delayMs = statistics.rttMeanMs === undefined ? NO_DELAY_MS : statistics.rttMeanMs / 2;
  const voice = voiceQuality({ delayMs, jitterMs: jitterMs ?? 0, lossPercent: statistics.lossPercent });
  return {
    address,
    reachable: statistics.received > 0,
    sent_count: statistics.sent,
    received_count: statistics.received,
    loss_percent: rounded(statistics.lossPercent),
    duplicate_count: statistics.duplicates,
    reordered_count: statistics.reordered,
    reordered_percent: rounded(statistics.reorderedPercent),
    rtt_ms: rounded(statistics.rttMeanMs),
    rtt_min_ms: rounded(statistics.rttMinMs),
    rtt_max_ms: rounded(statistics.rttMaxMs),
    jitter_ms: rounded(jitterMs),
    jitter_forward_ms: rounded(jitter.forwardMs),
    jitter_backward_ms: rounded(jitter.backwardMs),
    r_factor: rounded(voice.rFactor),
    mos: rounded(voice.mos),
  };
}

/** By how much IPv6 differs from IPv4, of what is known of both. */
export function differenceReading(ipv4: PathReading, ipv6: PathReading): PathReading {
  const rtt = difference(ipv6.rtt_ms, ipv4.rtt_ms);
  return {
    rtt_difference_ms: rtt,
    rtt_excess_percent:
      rtt === undefined || ipv4.rtt_ms === undefined || ipv4.rtt_ms === 0
        ? undefined
        : rounded((100 * rtt) / ipv4.rtt_ms),
    jitter_difference_ms: difference(ipv6.jitter_ms, ipv4.jitter_ms),
    loss_difference_percent: difference(ipv6.loss_percent, ipv4.loss_percent),
    mos_difference: difference(ipv6.mos, ipv4.mos),
  };
}

function difference(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : rounded(one - other);
}

function rounded(value: number): number;
function rounded(value: number | undefined): number | undefined;
/** Microseconds of milliseconds, and as much of the others: what lies below is noise of this clock. */
function rounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value * 1000) / 1000;
}
