import { type Static, Type } from '#typebox';
import { AlertClass, AlertLevel, LocalText } from './alert.ts';
import { Moment } from './moment.ts';

/** A security or operation event, published by a device on `…/event`: something that happened, where an alert is something that lasts. */
export const DeviceEvent = Type.Object(
  {
    /** What happened, as a stable name, e.g. `outbox-full`. */
    type: Type.String({ pattern: '^[a-z0-9-]{1,64}$' }),
    class: AlertClass,
    /** Sub-class in the standard's Chinese, e.g. 技术故障. */
    sub_class: Type.Optional(Type.String({ maxLength: 64 })),
    level: AlertLevel,
    summary: LocalText,
    /** Facts by name; no personal data in clear. */
    facts: Type.Optional(
      Type.Record(
        Type.String({ maxLength: 64 }),
        Type.Union([Type.String({ maxLength: 1024 }), Type.Number(), Type.Boolean()]),
        {
          maxProperties: 32,
        },
      ),
    ),
    at: Moment,
    boot: Type.Optional(Type.String({ maxLength: 64 })),
    seq: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
  },
  { additionalProperties: false },
);
export type DeviceEvent = Static<typeof DeviceEvent>;
