import { type Static, type TObject, Type } from '#typebox';
import { Value } from '#typebox/value';
import { AlertClass, AlertLevel } from '../../contract/alert.ts';
import { CampusError } from '../../contract/errors.ts';
import { Id } from '../../contract/ids.ts';
import { limits } from '../../contract/limits.ts';

const seconds = (fallback: number, description: string) =>
  Type.Number({ minimum: 0, maximum: 86_400, default: fallback, description });
const name = Type.String({ minLength: 1, maxLength: limits.nameChars });

/** What every rule node has: its name on the wire and how GB/T 20986-2023 classes its alerts. */
const common = {
  rule: Id,
  name: Type.String({ default: '' }),
  class: AlertClass,
  sub_class: Type.String({ maxLength: 64, default: '' }),
  level: AlertLevel,
  enabled: Type.Boolean({ default: true }),
};

/** What a rule over values watches, and how long its condition lasts before it is believed. */
const watch = {
  ...common,
  measurement: name,
  field: name,
  /** The tags, separated by commas, that name what is watched within a device; empty for the device as a whole. */
  subject_tag: Type.String({ maxLength: limits.nameChars, default: '' }),
  /** See `parsePointFilter`. */
  filter: Type.String({ maxLength: 1024, default: '' }),
  for_seconds: seconds(0, 'seconds, 0 to 86400'),
  clear_for_seconds: seconds(0, 'seconds, 0 to 86400'),
};
const WatchNode = Type.Object(watch);
export type WatchNode = Static<typeof WatchNode>;

const window = (fallback: number, [minimum, maximum]: readonly [number, number]) =>
  Type.Number({ minimum, maximum, default: fallback, description: `seconds, ${minimum} to ${maximum}` });
/** Texts separated by commas. */
const list = Type.String({ maxLength: 1024, default: '' });
const HOUR = 3600;
const DAY = 24 * HOUR;

/** A threshold node as it lies in a flow file. Other properties belong to Node-RED. */
export const ThresholdNode = Type.Object({
  ...watch,
  direction: Type.Union([Type.Literal('above'), Type.Literal('below')], { default: 'above' }),
  raise: Type.Optional(Type.Number()),
  clear: Type.Optional(Type.Number()),
  /** Numbers separated by commas; see `ThresholdSettings.armAt`. */
  arm_at: Type.String({ maxLength: 256, default: '' }),
});
export type ThresholdNode = Static<typeof ThresholdNode>;

/** A rate-of-change node: by how much the value changes within a window. */
export const RateNode = Type.Object({
  ...watch,
  direction: Type.Union([Type.Literal('rising'), Type.Literal('falling'), Type.Literal('either')], {
    default: 'rising',
  }),
  raise: Type.Number({ minimum: 0 }),
  clear: Type.Optional(Type.Number({ minimum: 0 })),
  window_seconds: window(600, [10, DAY]),
  /** The value only ever grows, and begins anew at 0. */
  counter: Type.Boolean({ default: false }),
});
export type RateNode = Static<typeof RateNode>;

/** A change-of-state node: the value is another than normal. */
export const ChangeNode = Type.Object({
  ...watch,
  /** The normal values; empty: what has lasted for `settle_seconds`. */
  normal: list,
  /** With `normal`: what never was normal is not missed. */
  only_after_normal: Type.Boolean({ default: false }),
  settle_seconds: seconds(600, 'seconds, 0 to 86400'),
});
export type ChangeNode = Static<typeof ChangeNode>;

/** A flapping node: how often the value changes within a window. */
export const FlappingNode = Type.Object({
  ...watch,
  raise: Type.Integer({ minimum: 2, maximum: 60, default: 6 }),
  clear: Type.Integer({ minimum: 0, maximum: 59, default: 0 }),
  window_seconds: window(600, [10, DAY]),
});
export type FlappingNode = Static<typeof FlappingNode>;

/** A baseline node: the value is not what is usual in this hour of this weekday. */
export const BaselineNode = Type.Object({
  ...watch,
  direction: Type.Union([Type.Literal('above'), Type.Literal('below'), Type.Literal('either')], { default: 'above' }),
  /** Deviations from the usual value, in multiples of the usual spread. */
  raise: Type.Number({ minimum: 1, maximum: 100, default: 6 }),
  clear: Type.Number({ minimum: 0, maximum: 100, default: 3 }),
  /** The spread counts as this much at least, in the field's unit. */
  least_spread: Type.Number({ minimum: 0, default: 0 }),
  learn_weeks: Type.Integer({ minimum: 1, maximum: 4, default: 2 }),
  /** What is local time, hours ahead of UTC. */
  utc_offset_hours: Type.Number({ minimum: -12, maximum: 14, default: 8 }),
});
export type BaselineNode = Static<typeof BaselineNode>;

/** A forecast node: when the value will reach its limit. */
export const ForecastNode = Type.Object({
  ...watch,
  /** `rising` and `falling`: by the trend of the values; `remaining_seconds`: the value is the time that is left. */
  estimate: Type.Union([Type.Literal('rising'), Type.Literal('falling'), Type.Literal('remaining_seconds')], {
    default: 'rising',
  }),
  limit: Type.Number({ default: 100 }),
  /** Days that are left. */
  raise: Type.Number({ minimum: 0, maximum: 3650, default: 7 }),
  clear: Type.Optional(Type.Number({ minimum: 0, maximum: 3650 })),
  window_seconds: window(3 * DAY, [HOUR, 30 * DAY]),
});
export type ForecastNode = Static<typeof ForecastNode>;

/** A share node: of how many of a group's devices the value is bad. */
export const ShareNode = Type.Object({
  ...watch,
  direction: Type.Union([Type.Literal('above'), Type.Literal('below')], { default: 'above' }),
  /** A device's value is bad past this; left out where `normal` says what is good. */
  limit: Type.Optional(Type.Number()),
  /** The good values, separated by commas. */
  normal: list,
  /** Percent of the devices. */
  raise: Type.Number({ minimum: 0, maximum: 100, default: 30 }),
  clear: Type.Number({ minimum: 0, maximum: 100, default: 15 }),
  least_devices: Type.Integer({ minimum: 2, maximum: 10_000, default: 5 }),
  /** How long a device's last value counts; 0: until it says otherwise. */
  member_seconds: Type.Number({ minimum: 0, maximum: DAY, default: 180 }),
});
export type ShareNode = Static<typeof ShareNode>;

/** An absence node as it lies in a flow file. */
export const AbsenceNode = Type.Object({
  ...common,
  hold_seconds: seconds(1, 'seconds, 0 to 86400'),
  timeout_seconds: Type.Number({ minimum: 5, maximum: 86_400, default: 60 }),
});
export type AbsenceNode = Static<typeof AbsenceNode>;

/**
 * Reads the settings of one node. The editor saves numbers as text and empty inputs as empty text: both are understood.
 * @throws CampusError `config_invalid` naming the property, the value and what is wrong
 */
export function parseNode<S extends TObject>(schema: S, node: object): Static<S> {
  const filledIn = Object.fromEntries(
    Object.entries(node).filter(
      ([key, value]) => value !== '' && value !== undefined && Object.hasOwn(schema.properties, key),
    ),
  );
  const value: unknown = Value.Convert(schema, Value.Default(schema, filledIn));
  if (Value.Check(schema, value)) return value;
  const [error] = Value.Errors(schema, value);
  const property = error?.instancePath.slice(1) ?? '';
  throw new CampusError(
    'config_invalid',
    `${property || 'node'}: ${error?.message ?? 'not as expected'}, got ${JSON.stringify(Reflect.get(filledIn, property)) ?? 'nothing'}`,
  );
}
