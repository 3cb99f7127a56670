import { type Static, Type } from '#typebox';
import { CommandId } from './command.ts';
import { Id } from './ids.ts';
import { Certificate } from './join.ts';
import { ThroughputChoice, ThroughputResult } from './throughput.ts';

/** The clocks of a device and its gateway may differ by so much, ms: what was signed longer ago, or later than now, is not heard. */
export const SELF_REQUEST_LIFE_MS = 5 * 60_000;

/** What every request has by which a device proves who it is. */
const proof = {
  /** Its present certificate, PEM. */
  certificate: Certificate,
  /** When it was signed, by the device's clock, ms since 1970. */
  time: Type.Integer({ minimum: 0, maximum: 8.64e15 }),
  /** Of `selfCommandText` or `selfInquiryText`, by the key of the certificate: ECDSA with SHA-256, DER, base64. */
  signature: Type.String({ minLength: 1, maxLength: 256 }),
};

/** A device asks that it be commanded something. */
export const SelfCommandRequest = Type.Object(
  { ...proof, command: Type.Literal('throughput'), arguments: Type.Optional(ThroughputChoice) },
  { additionalProperties: false },
);
export type SelfCommandRequest = Static<typeof SelfCommandRequest>;

/** A device asks how far its command is, or takes it back while it waits for its turn. */
export const SelfInquiry = Type.Object(
  { ...proof, action: Type.Enum(['state', 'withdraw']) },
  { additionalProperties: false },
);
export type SelfInquiry = Static<typeof SelfInquiry>;

/** A measurement as the gateway tells it, to a device or to the command line. */
export const CommandProgress = Type.Object({
  id: CommandId,
  device: Id,
  /** `waiting`, `sent`, `running`; `done` and `failed` are final. */
  state: Type.String(),
  /** 0 to 1, while it runs. */
  progress: Type.Optional(Type.Number()),
  /** ms since 1970, by the gateway's clock. */
  created_at: Type.Integer(),
  ended_at: Type.Optional(Type.Integer()),
  result: Type.Optional(ThroughputResult),
  /** Of `failed`, an error code. */
  code: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
});
export type CommandProgress = Static<typeof CommandProgress>;

/** The first line of what is signed: a signature for this stands for nothing else that a device signs. */
const PURPOSE = 'campus-edge self-command v1';

/** What a device signs to ask for a command: every part of the request, in lines. */
export function selfCommandText({
  time,
  command,
  arguments: choice = {},
}: Pick<SelfCommandRequest, 'time' | 'command' | 'arguments'>): string {
  const { families, directions } = choice;
  return [PURPOSE, 'ask', time, command, families?.join(',') ?? 'all', directions?.join(',') ?? 'all'].join('\n');
}

/** What a device signs to ask about its command `id`. */
export function selfInquiryText({ time, action }: Pick<SelfInquiry, 'time' | 'action'>, id: string): string {
  return [PURPOSE, action, time, id].join('\n');
}
