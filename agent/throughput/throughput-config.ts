import { type Static, Type } from '#typebox';

/** Whether the box measures its throughput when the gateway commands it: a box on a metered line need not. */
export const throughputConfig = Type.Object(
  {
    enabled: Type.Boolean({
      default: true,
      description: 'true or false: whether the throughput is measured when the gateway commands it',
    }),
  },
  { additionalProperties: false, default: {} },
);
export type ThroughputConfig = Static<typeof throughputConfig>;
