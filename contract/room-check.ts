import { type Static, Type } from '#typebox';
import { type ErrorCode, errorCodes } from './errors.ts';
import { ThroughputArguments } from './throughput.ts';

/** The steps of a check of a room, in their order. */
export const roomCheckSteps = ['link', 'address', 'first-hop', 'dns', 'portal', 'gateway', 'throughput'] as const;
export type RoomCheckStepName = (typeof roomCheckSteps)[number];

/** What one report may hold at most: a room with three name servers in each family, all of them silent, stays below. */
export const roomCheckBounds = {
  /** Characters of a text in one language. */
  textChars: 300,
  /** Characters of a verdict, which repeats what stands in the way. */
  verdictChars: 1000,
  /** Results: seven steps in two families. */
  steps: 14,
  figuresPerStep: 12,
  obstaclesPerStep: 8,
  obstaclesPerVerdict: 8,
} as const;

const words = (maxLength: number) =>
  Type.Object({ en: Type.String({ maxLength }), 'zh-CN': Type.String({ maxLength }) });

const Words = words(roomCheckBounds.textChars);
const StepName = Type.Enum([...roomCheckSteps]);
const Ready = Type.Enum(['yes', 'with-limits', 'no']);

/** Something that stands in the way (after "because"), and what to do about it (after "try"). */
const Obstacle = Type.Object({ reason: Words, hint: Words });

/** What one step has found; of one family where `family` stands. */
export const RoomCheckStep = Type.Object({
  step: StepName,
  family: Type.Optional(Type.Enum(['ipv4', 'ipv6'])),
  state: Type.Enum(['ok', 'limited', 'failed', 'skipped']),
  found: Words,
  figures: Type.Array(
    Type.Object({
      /** snake_case with the unit last. */
      name: Type.String({ maxLength: 64 }),
      value: Type.Number(),
      unit: Type.String({ maxLength: 16 }),
    }),
    { maxItems: roomCheckBounds.figuresPerStep },
  ),
  obstacles: Type.Array(Obstacle, { maxItems: roomCheckBounds.obstaclesPerStep }),
  /** What a lesson may be by this step alone. */
  allows: Ready,
});
export type RoomCheckStep = Static<typeof RoomCheckStep>;

const steps = Type.Array(RoomCheckStep, { maxItems: roomCheckBounds.steps });

const verdict = {
  ready: Ready,
  obstacles: Type.Array(Obstacle, { maxItems: roomCheckBounds.obstaclesPerVerdict }),
  text: words(roomCheckBounds.verdictChars),
};
/** `absent`: the room has no address of this family. */
const FamilyVerdict = Type.Union([Type.Object({ ready: Type.Literal('absent') }), Type.Object(verdict)]);

/** A whole check: what `campus-edge check --json` prints. */
export const RoomCheckReport = Type.Object({
  /** By the clock of the device, ms since 1970. */
  started_at: Type.Integer(),
  duration_ms: Type.Integer({ minimum: 0 }),
  ...verdict,
  families: Type.Object({ ipv4: FamilyVerdict, ipv6: FamilyVerdict }),
  steps,
});
export type RoomCheckReport = Static<typeof RoomCheckReport>;

/** How far a check is: the step that runs, and what was found before. */
export const RoomCheckProgress = Type.Object({ running: StepName, steps });
export type RoomCheckProgress = Static<typeof RoomCheckProgress>;

/** What the gateway tells a device that is to check its room. */
export const RoomCheckArguments = Type.Object({
  /** How the throughput is measured; absent where the gateway does not grant that. */
  throughput: Type.Optional(ThroughputArguments),
  /** Why it does not. */
  throughput_refused: Type.Optional(Type.Enum(Object.keys(errorCodes) as ErrorCode[])),
});
export type RoomCheckArguments = Static<typeof RoomCheckArguments>;

/** Seconds that the steps before the throughput may take, every time-out of theirs included. */
export const ROOM_CHECK_SECONDS = 90;
