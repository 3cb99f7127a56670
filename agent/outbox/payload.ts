import { Type } from '#typebox';
import { Compile } from '#typebox/compile';
import { DeviceEvent } from '../../contract/event.ts';
import { limits } from '../../contract/limits.ts';
import { Metric, type Telemetry } from '../../contract/telemetry.ts';
import type { AgentEvent } from '../events.ts';
import type { Sample } from '../metric.ts';
import type { Loss, OutboxMessage } from './message.ts';

/** What a payload needs beside its metrics. */
const ENVELOPE_BYTES = 256;
/** What a metric grows by when it is dated. */
const DATE_BYTES = 16;
/** The gateway's clock is known to some seconds and moves on while a message is on its way: keep clear of its bounds. */
const MARGIN_MS = 60_000;

/** What dates messages: the agent's clock. */
export interface Dates {
  /** What to add to the monotonic times of a start of the machine, ms; undefined when it is not known. */
  offsetOf: (machineBoot: string) => number | undefined;
  /** Wall clock, ms since 1970, as well as it is known. */
  now: () => number;
  /** The gateway's wall clock, ms since 1970, when it is known. */
  gatewayNow: () => number | undefined;
  /** False when dates may be wrong by more than 2 s. */
  readonly exact: boolean;
  /** Names the present start of the machine. */
  readonly machineBoot: string;
}

/** A payload; or that there is none for the time being; or that there never will be one, and why. */
export type Encoded = { payload: string } | 'not-yet' | Loss;

const { timestamp: _timestamp, ...undatedMetric } = Metric.properties;
const samplesValidator = Compile(Type.Array(Type.Object({ ...undatedMetric, at: Type.Integer() })));

const { at: _at, boot: _boot, seq: _seq, ...undatedEvent } = DeviceEvent.properties;
const eventValidator = Compile(Type.Object({ ...undatedEvent, at: Type.Integer() }));

/**
 * Splits samples into contents that each fit into one message.
 * @returns the contents, and how many samples were left out because each alone is too large
 */
export function encodeSamples(samples: readonly Sample[]): { contents: string[]; tooLarge: number } {
  const contents: string[] = [];
  let texts: string[] = [];
  let bytes = 0;
  let tooLarge = 0;
  const finish = (): void => {
    if (texts.length > 0) contents.push(`[${texts.join(',')}]`);
    texts = [];
    bytes = 0;
  };
  for (const sample of samples) {
    const text = JSON.stringify(sample);
    const size = Buffer.byteLength(text) + DATE_BYTES;
    if (size > limits.payloadBytes - ENVELOPE_BYTES) {
      tooLarge += 1;
      continue;
    }
    if (bytes + size > limits.payloadBytes - ENVELOPE_BYTES || texts.length === limits.metricsPerMessage) finish();
    texts.push(text);
    bytes += size;
  }
  finish();
  return { contents, tooLarge };
}

/** The content of a message for one event. @param at monotonic ms */
export function encodeEvent(event: AgentEvent, at: number): string {
  return JSON.stringify({ ...event, at: Math.round(at) });
}

/** The telemetry payload of a message, dated as is known now. */
export function telemetryPayload(message: OutboxMessage, replayed: boolean, dates: Dates): Encoded {
  const samples: unknown = JSON.parse(message.content);
  if (!samplesValidator.Check(samples)) return 'damaged';
  const offset = dates.offsetOf(message.machineBoot);
  if (offset === undefined) return message.machineBoot === dates.machineBoot ? 'not-yet' : 'undated';
  const metrics = samples.map(({ at, ...metric }) => ({ ...metric, timestamp: Math.round(at + offset) }));
  const times = metrics.map(({ timestamp }) => timestamp);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const { now, gatewayNow, exact } = dates;
  if (!accepts(now(), first, last)) {
    if (last <= now()) return 'expired';
    // Nothing is measured in the future of this start of the machine. An earlier one may have been dated by a clock that ran ahead, unless it is
    // the present one that is behind.
    if (message.machineBoot === dates.machineBoot) return 'damaged';
    return exact ? 'undated' : 'not-yet';
  }
  // The gateway would refuse what is rightly dated, because of its own clock: until that is mended.
  if (!accepts(gatewayNow() ?? now(), first, last)) return 'not-yet';
  const { boot, seq } = message;
  const mark = replayed ? ({ replayed: true } as const) : {};
  return {
    payload: JSON.stringify({ metrics, boot, seq, ...mark, clock: exact ? 'synced' : 'unsynced' } satisfies Telemetry),
  };
}

/**
 * The event payload of a message. An event is never held nor dropped for want of a date: without one it says so, and has the machine's own time,
 * or the latest that is possible.
 */
export function eventPayload(
  { content, machineBoot, boot, seq }: OutboxMessage,
  dates: Dates,
  monotonicMs: number,
): Encoded {
  const event: unknown = JSON.parse(content);
  if (!eventValidator.Check(event)) return 'damaged';
  const offset = dates.offsetOf(machineBoot);
  const startedAt = dates.now() - monotonicMs;
  const undated = machineBoot === dates.machineBoot ? startedAt + event.at : startedAt;
  const at = Math.round(offset === undefined ? undated : event.at + offset);
  const facts = { ...event.facts, ...(offset === undefined || !dates.exact ? { clock: 'unsynced' } : {}) };
  return { payload: JSON.stringify({ ...event, facts, at, boot, seq } satisfies DeviceEvent) };
}

function accepts(now: number, first: number, last: number): boolean {
  return first >= now - limits.pastMs + MARGIN_MS && last <= now + limits.futureMs - MARGIN_MS;
}
