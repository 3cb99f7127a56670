import { Type } from '#typebox';
import { Id } from '../../contract/ids.ts';
import { FieldValue } from '../../contract/telemetry.ts';
import { NAME_PATTERN } from '../access/people.ts';
import { roles } from '../access/roles.ts';

/** Shapes that several resources share. */
export const Role = Type.Enum([...roles]);

/** The name of a user or a token. */
export const Name = Type.String({ pattern: NAME_PATTERN });

/** A measurement, field or tag name as a query gives it. */
export const WireName = Type.String({ minLength: 1, maxLength: 128 });

/** Narrows a list to a site or a device. */
export const deviceFilter = { site: Type.Optional(Id), device: Type.Optional(Id) };

export const Tags = Type.Record(Type.String(), Type.String());

/** The newest values of one series. */
export const PointView = Type.Object({
  site: Id,
  device: Id,
  measurement: Type.String(),
  time: Type.Integer(),
  tags: Tags,
  fields: Type.Record(Type.String(), FieldValue),
});

/** The answer of what is done and says nothing more: 204. */
export const Nothing = { type: 'null', description: 'done' } as const;
