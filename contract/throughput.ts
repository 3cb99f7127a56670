import { type Static, Type } from '#typebox';

/** Address families that are measured, and ways: `up` is from the device to the server, `down` back. */
export const throughputFamilies = ['ipv4', 'ipv6'] as const;
export const throughputDirections = ['up', 'down'] as const;

const Family = Type.Enum([...throughputFamilies]);
const Direction = Type.Enum([...throughputDirections]);
export type ThroughputFamily = Static<typeof Family>;
export type ThroughputDirection = Static<typeof Direction>;

/** What one leg of a measurement may take at most: who sets it higher by mistake fills no link for an hour. */
export const throughputBounds = {
  /** Bytes of one leg. */
  bytes: { min: 1_000_000, max: 10_000_000_000 },
  /** Seconds of one leg. */
  seconds: { min: 1, max: 30 },
} as const;

/** A host name or an address without brackets: what a command line takes for nothing else. */
const Host = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9.:-]{0,252}$|^:[A-Fa-f0-9:.]{1,44}$' });
const Port = Type.Integer({ minimum: 1, maximum: 65_535 });

/** What a person may choose about a measurement; everything unless told. */
export const ThroughputChoice = Type.Object(
  {
    families: Type.Optional(Type.Array(Family, { minItems: 1, maxItems: 2, uniqueItems: true })),
    directions: Type.Optional(Type.Array(Direction, { minItems: 1, maxItems: 2, uniqueItems: true })),
  },
  { additionalProperties: false },
);
export type ThroughputChoice = Static<typeof ThroughputChoice>;

/** What the gateway tells a device to measure. */
export const ThroughputArguments = Type.Object({
  /** The server; the gateway itself when absent. */
  host: Type.Optional(Host),
  port: Port,
  /** Addresses of the gateway, for the family that the device does not find by the name it reports to. */
  addresses: Type.Optional(Type.Array(Host, { maxItems: 64 })),
  families: Type.Array(Family, { minItems: 1, maxItems: 2, uniqueItems: true }),
  directions: Type.Array(Direction, { minItems: 1, maxItems: 2, uniqueItems: true }),
  /** Bounds of each leg; it ends at the first that is reached. */
  bytes: Type.Integer({ minimum: throughputBounds.bytes.min, maximum: throughputBounds.bytes.max }),
  seconds: Type.Integer({ minimum: throughputBounds.seconds.min, maximum: throughputBounds.seconds.max }),
});
export type ThroughputArguments = Static<typeof ThroughputArguments>;

/** One direction in one family. What failed has an `error` and no figures. */
export const ThroughputLeg = Type.Object({
  family: Family,
  direction: Direction,
  bits_per_second: Type.Optional(Type.Number({ minimum: 0 })),
  bytes: Type.Optional(Type.Integer({ minimum: 0 })),
  seconds: Type.Optional(Type.Number({ minimum: 0 })),
  /** TCP segments sent again, as the sender's kernel counts them; absent where it does not. */
  retransmits: Type.Optional(Type.Integer({ minimum: 0 })),
  error: Type.Optional(Type.String({ maxLength: 300 })),
});
export type ThroughputLeg = Static<typeof ThroughputLeg>;

/** What a measurement has found, so far or in all. */
export const ThroughputResult = Type.Object({
  /** `gateway`, or the server's host. */
  target: Type.String({ maxLength: 256 }),
  legs: Type.Array(ThroughputLeg, { maxItems: 4 }),
});
export type ThroughputResult = Static<typeof ThroughputResult>;
