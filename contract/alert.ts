import { type Static, Type } from '#typebox';
import { type EventClass, eventClasses } from './classification.ts';
import { Id } from './ids.ts';
import { Moment } from './moment.ts';

/** A text for people, in both languages of the product. */
export const LocalText = Type.Object(
  { 'zh-CN': Type.String({ maxLength: 500 }), en: Type.String({ maxLength: 500 }) },
  { additionalProperties: false },
);
export type LocalText = Static<typeof LocalText>;

export const AlertClass = Type.Enum(Object.keys(eventClasses) as EventClass[]);
export const AlertLevel = Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(3), Type.Literal(4)]);

/** What the alert is about within the device: an interface, a mount; empty for the device as a whole. */
const Subject = Type.String({ maxLength: 256 });

/** The measured facts behind an alert, so that it explains itself. */
export const AlertEvidence = Type.Object(
  {
    measurement: Type.Optional(Type.String({ maxLength: 128 })),
    field: Type.Optional(Type.String({ maxLength: 128 })),
    value: Type.Optional(Type.Union([Type.Number(), Type.String({ maxLength: 256 }), Type.Boolean()])),
    threshold: Type.Optional(Type.Number()),
    /** How long the condition had held when the alert was raised. */
    for_seconds: Type.Optional(Type.Number({ minimum: 0 })),
  },
  { additionalProperties: false },
);
export type AlertEvidence = Static<typeof AlertEvidence>;

/** Published by flows on `…/flows/alert`. (rule, device, subject) names an alert: raising an open one again updates it. */
export const AlertRequest = Type.Union([
  Type.Object(
    {
      action: Type.Literal('raise'),
      rule: Id,
      device: Id,
      subject: Subject,
      class: AlertClass,
      /** Sub-class in the standard's Chinese, e.g. 技术故障. */
      sub_class: Type.Optional(Type.String({ maxLength: 64 })),
      level: AlertLevel,
      summary: LocalText,
      evidence: AlertEvidence,
      /** When the condition was seen, ms. */
      at: Moment,
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      action: Type.Literal('clear'),
      rule: Id,
      device: Id,
      subject: Subject,
      evidence: AlertEvidence,
      at: Moment,
    },
    { additionalProperties: false },
  ),
]);
export type AlertRequest = Static<typeof AlertRequest>;

/** An alert as the gateway keeps, publishes and serves it. Times are ms since 1970. */
export const Alert = Type.Object({
  id: Id,
  site: Id,
  device: Id,
  rule: Id,
  subject: Subject,
  state: Type.Union([Type.Literal('open'), Type.Literal('cleared')]),
  class: AlertClass,
  sub_class: Type.Optional(Type.String()),
  level: AlertLevel,
  summary: LocalText,
  evidence: AlertEvidence,
  raised_at: Moment,
  updated_at: Moment,
  cleared_at: Type.Optional(Moment),
  acknowledged_at: Type.Optional(Moment),
  acknowledged_by: Type.Optional(Type.String()),
  /** The person who closed it, whether or not its cause was gone; absent when it was cleared because the cause was. */
  closed_by: Type.Optional(Type.String()),
});
export type Alert = Static<typeof Alert>;
