import { type Static, Type } from '#typebox';
import { Moment } from './moment.ts';

/** Retained on `…/state`, and the MQTT will (MQTT 3.1.1 §3.1.2.5) with `online` false. */
export const DeviceState = Type.Object(
  {
    online: Type.Boolean(),
    /** Since when, ms. A will is written before the fact, so its `since` is the connection's start; receivers use their own clock. */
    since: Moment,
    /** The run of the agent, as in telemetry. */
    boot: Type.String({ minLength: 1, maxLength: 64 }),
    /** Version of the agent. */
    version: Type.String({ minLength: 1, maxLength: 64 }),
    /** True when the agent was told to stop, so that nobody is alarmed. */
    planned: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type DeviceState = Static<typeof DeviceState>;
