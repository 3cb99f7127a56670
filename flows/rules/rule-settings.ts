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

/** A threshold node as it lies in a flow file. Other properties belong to Node-RED. */
export const ThresholdNode = Type.Object({
  ...common,
  measurement: name,
  field: name,
  /** The tag that names what is watched within a device; empty for the device as a whole. */
  subject_tag: Type.String({ maxLength: limits.nameChars, default: '' }),
  /** See `parsePointFilter`. */
  filter: Type.String({ maxLength: 1024, default: '' }),
  direction: Type.Union([Type.Literal('above'), Type.Literal('below')], { default: 'above' }),
  raise: Type.Optional(Type.Number()),
  clear: Type.Optional(Type.Number()),
  for_seconds: seconds(0, 'seconds, 0 to 86400'),
  clear_for_seconds: seconds(0, 'seconds, 0 to 86400'),
  /** Numbers separated by commas; see `ThresholdSettings.armAt`. */
  arm_at: Type.String({ maxLength: 256, default: '' }),
});
export type ThresholdNode = Static<typeof ThresholdNode>;

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
