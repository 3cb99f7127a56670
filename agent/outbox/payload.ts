import { limits } from '../../contract/limits.ts';
import type { Metric } from '../../contract/telemetry.ts';

/** What a payload needs beside its metrics. */
const ENVELOPE_BYTES = 256;

/** Splits metrics into lists of JSON that each fit into one message; a metric that alone is too large is left out. */
export function encodeMetrics(metrics: readonly Metric[]): string[] {
  const lists: string[] = [];
  let texts: string[] = [];
  let bytes = 0;
  const finish = (): void => {
    if (texts.length > 0) lists.push(`[${texts.join(',')}]`);
    texts = [];
    bytes = 0;
  };
  for (const metric of metrics) {
    const text = JSON.stringify(metric);
    const size = Buffer.byteLength(text) + 1;
    if (size > limits.payloadBytes - ENVELOPE_BYTES) continue;
    if (bytes + size > limits.payloadBytes - ENVELOPE_BYTES || texts.length === limits.metricsPerMessage) finish();
    texts.push(text);
    bytes += size;
  }
  finish();
  return lists;
}

/** A telemetry payload from metrics that are JSON already. */
export function encodePayload({
  metrics,
  boot,
  seq,
  replayed,
}: {
  metrics: string;
  boot: string;
  seq: number;
  replayed: boolean;
}): string {
  const envelope = JSON.stringify({ boot, seq, ...(replayed ? { replayed } : {}) });
  return `{"metrics":${metrics},${envelope.slice(1)}`;
}
