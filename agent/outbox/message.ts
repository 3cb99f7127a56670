import { Type } from '#typebox';
import { Compile } from '#typebox/compile';

/** What the outbox keeps: each channel has a lane of its own. */
export type OutboxChannel = 'telemetry' | 'event';

/** A message as it waits: dated by the monotonic clock, for until it is sent the wall clock may still be set. */
export interface OutboxMessage {
  /** The run of the agent that made it. */
  boot: string;
  /** Its number within that run and channel, from 1. */
  seq: number;
  /** The start of the machine that its monotonic times count from. */
  machineBoot: string;
  /** JSON: the samples of a telemetry message, or one event. */
  content: string;
}

/**
 * Why a message is given up: the outbox is full; nobody knows when its samples were measured; they are older than the gateway takes;
 * or the disk has damaged it.
 */
export type Loss = 'no-room' | 'undated' | 'expired' | 'damaged';

const Stored = Compile(
  Type.Object({
    boot: Type.String({ minLength: 1, maxLength: 64 }),
    seq: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
    machine_boot: Type.String({ minLength: 1, maxLength: 64 }),
    content: Type.Unknown(),
  }),
);

/** A message as bytes for the disk. */
export function encodeStored({ boot, seq, machineBoot, content }: OutboxMessage): Buffer {
  const head = JSON.stringify({ boot, seq, machine_boot: machineBoot });
  return Buffer.from(`${head.slice(0, -1)},"content":${content}}`);
}

/** Reads back what `encodeStored` gave; undefined when the bytes are something else: the disk has damaged them. */
export function decodeStored(bytes: Uint8Array): OutboxMessage | undefined {
  let stored: unknown;
  try {
    stored = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (!Stored.Check(stored)) return undefined;
  const { boot, seq, machine_boot: machineBoot, content } = stored;
  return { boot, seq, machineBoot, content: JSON.stringify(content) };
}
