import { limits } from '../contract/limits.ts';
import type { FieldValue } from '../contract/telemetry.ts';
import type { NotUnderstood } from './decode/decoded.ts';
import { decoders } from './decode/decoders.ts';
import { maskedError } from './masked-error.ts';
import { toSample } from './metric.ts';

export type { NotUnderstood } from './decode/decoded.ts';

/** What an agent would report from a text, as it would stand on the wire, and what it could not read. */
export interface DecodeReport {
  metrics: { name: string; tags: Record<string, string>; fields: Record<string, FieldValue> }[];
  notUnderstood: NotUnderstood[];
  errors: { code: string; message: string }[];
}

/** A dialogue of hours is far smaller; a payload that reports it would be, too. */
export const DECODE_MAX_BYTES = 8 * limits.payloadBytes;

/** The collectors whose input can be decoded. */
export const decodable: readonly string[] = Object.keys(decoders);

/**
 * What the agent would report if one of its collectors read this text.
 * @returns undefined for a collector that reads no text
 */
export async function decodeCapture(collector: string, text: string): Promise<DecodeReport | undefined> {
  const decoder = Object.hasOwn(decoders, collector) ? decoders[collector] : undefined;
  if (decoder === undefined) return undefined;
  const { metrics, notUnderstood, failures } = await decoder(text);
  return {
    metrics: metrics.flatMap((metric) => {
      const sample = toSample(metric, 0);
      return sample === undefined ? [] : [{ name: sample.name, tags: sample.tags, fields: sample.fields }];
    }),
    notUnderstood,
    errors: failures.map(({ code, message }) => ({ code, message: maskedError(message) })),
  };
}
