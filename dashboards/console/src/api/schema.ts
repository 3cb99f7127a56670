import { type Static, Type } from '#typebox';
import { Alert } from '../../../../contract/alert.ts';
import { Id } from '../../../../contract/ids.ts';
import { Inventory } from '../../../../contract/inventory.ts';
import { RoomCheckProgress, RoomCheckReport } from '../../../../contract/room-check.ts';
import { ThroughputResult } from '../../../../contract/throughput.ts';

/** The answers of the gateway's HTTP API under /api/v1. Times are ms since 1970. Unknown keys are ignored: the API may grow. */

/** As in the contract's telemetry, whose module compiles its schema: a page may not (`script-src 'self'`). */
const FieldValue = Type.Union([Type.Number(), Type.String(), Type.Boolean()]);
type FieldValue = Static<typeof FieldValue>;

/** Type.Record would say the same and bring a parser of 9 kB, gzipped, with it. */
const Tags = Type.Unsafe<Record<string, string>>(Type.Object({}, { additionalProperties: Type.String() }));
const Fields = Type.Unsafe<Record<string, FieldValue>>(Type.Object({}, { additionalProperties: FieldValue }));

/** What is unknown may be left out or be null. */
const time = Type.Optional(Type.Union([Type.Integer(), Type.Null()]));
const next = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const text = Type.Optional(Type.Union([Type.String(), Type.Null()]));

export const Role = Type.Union([
  Type.Literal('viewer'),
  Type.Literal('operator'),
  Type.Literal('admin'),
  Type.Literal('auditor'),
]);
export type Role = Static<typeof Role>;

export const User = Type.Object({ username: Type.String(), role: Role });
export type User = Static<typeof User>;

/** A new account of a simple device; its password is told this once. */
export const DeviceAccount = Type.Object({
  site: Id,
  username: Type.String(),
  password: Type.String(),
  topic: Type.String(),
  network: Type.Optional(Type.Object({ host: Type.String(), port: Type.Integer(), ca: Type.String() })),
});
export type DeviceAccount = Static<typeof DeviceAccount>;

/** A new join token; its text is told this once. */
export const JoinToken = Type.Object({ token: Type.String(), expires_at: Type.Integer(), gateway: text });
export type JoinToken = Static<typeof JoinToken>;

export const Device = Type.Object({
  id: Id,
  site: Id,
  online: Type.Boolean(),
  since: time,
  last_seen: time,
  first_seen: time,
  version: text,
  boot: text,
  revoked: Type.Boolean(),
  open_alerts: Type.Integer({ minimum: 0 }),
});
export type Device = Static<typeof Device>;

export const DeviceList = Type.Object({ devices: Type.Array(Device), next });

/** One device with what it is made of, once it has reported that. */
export const DeviceDetail = Type.Intersect([
  Device,
  Type.Object({ inventory: Type.Optional(Type.Union([Inventory, Type.Null()])) }),
]);
export type DeviceDetail = Static<typeof DeviceDetail>;

const StreamPoint = Type.Object({
  measurement: Type.String(),
  time: Type.Integer(),
  tags: Tags,
  fields: Fields,
});

/** The newest values of one series of one device. */
export const Point = Type.Intersect([StreamPoint, Type.Object({ site: Id, device: Id })]);
export type Point = Static<typeof Point>;

export const PointList = Type.Object({ points: Type.Array(Point) });

/** The data of an SSE event `telemetry`: what one device just reported. */
export const TelemetryEvent = Type.Object({ site: Id, device: Id, points: Type.Array(StreamPoint) });
export type TelemetryEvent = Static<typeof TelemetryEvent>;

/** Something that a device was commanded. Names of commands, states and codes may be added. */
export const Command = Type.Object({
  id: Type.String(),
  site: Id,
  device: Id,
  command: Type.String(),
  origin: Type.String(),
  state: Type.String(),
  progress: Type.Optional(Type.Number()),
  created_at: Type.Integer(),
  ended_at: time,
  result: Type.Optional(Type.Union([ThroughputResult, RoomCheckReport, RoomCheckProgress])),
  code: text,
  detail: text,
});
export type Command = Static<typeof Command>;

export const CommandList = Type.Object({ commands: Type.Array(Command), next });

export const Series = Type.Object({
  tags: Tags,
  points: Type.Array(Type.Tuple([Type.Integer(), Type.Union([FieldValue, Type.Null()])])),
});
export type Series = Static<typeof Series>;

export const SeriesList = Type.Object({ series: Type.Array(Series), truncated: Type.Optional(Type.Boolean()) });

export const AlertList = Type.Object({ alerts: Type.Array(Alert), next });
export type AlertList = Static<typeof AlertList>;

const id = Type.Union([Type.Integer(), Type.String()]);

export const Reject = Type.Object({
  id,
  /** Of the first, where `count` is more than one. */
  time: Type.Integer(),
  last_time: Type.Optional(Type.Integer()),
  site: text,
  device: text,
  topic: text,
  code: Type.String(),
  detail: text,
  count: Type.Optional(Type.Integer()),
  /** How the payload begins; for operators. */
  sample: text,
});
export type Reject = Static<typeof Reject>;
export const RejectList = Type.Object({ rejects: Type.Array(Reject), next });
export type RejectList = Static<typeof RejectList>;

export const AuditRow = Type.Object({
  id,
  /** Of the first, where `count` is more than one. */
  time: Type.Integer(),
  last_time: Type.Optional(Type.Integer()),
  actor: text,
  actor_id: text,
  address: text,
  action: Type.String(),
  target: text,
  outcome: Type.String(),
  detail: text,
  count: Type.Optional(Type.Integer()),
});
export type AuditRow = Static<typeof AuditRow>;
export const AuditList = Type.Object({ audit: Type.Array(AuditRow), next });
export type AuditList = Static<typeof AuditList>;

/** The names in a row of the audit log, once somebody has said why they are needed. */
export const RowNames = Type.Object({ actor: Type.String(), target: Type.String() });
export type RowNames = Static<typeof RowNames>;

/** Who took an alert up and who closed it. */
export const AlertNames = Type.Object({
  acknowledged_by: Type.Optional(Type.String()),
  closed_by: Type.Optional(Type.String()),
});
export type AlertNames = Static<typeof AlertNames>;
/** A program that may use the API; the console never sees its secret. */
export const Token = Type.Object({
  id: Type.String(),
  name: Type.String(),
  role: Role,
  scopes: Type.Array(Type.String()),
  created_at: Type.Integer(),
  created_by: Type.String(),
  last_used_at: time,
  expires_at: time,
  stands_in: Type.Boolean(),
});
export type Token = Static<typeof Token>;
export const TokenList = Type.Object({ tokens: Type.Array(Token) });

/** An address or a user that failed to log in too often. */
export const Ban = Type.Object({
  kind: Type.Union([Type.Literal('mqtt-address'), Type.Literal('sign-in-address'), Type.Literal('sign-in-user')]),
  subject: Type.String(),
  failures: Type.Integer(),
  since: Type.Integer(),
  until: Type.Integer(),
});
export type Ban = Static<typeof Ban>;
export const BanList = Type.Object({ bans: Type.Array(Ban) });

/** A device without a token that asks to be let in. */
export const JoinRequest = Type.Object({
  id: Type.String(),
  device: Id,
  name_taken: Type.Boolean(),
  /** To be compared with what the device shows. */
  code: Type.String(),
  address: Type.String(),
  created_at: Type.Integer(),
  expires_at: Type.Integer(),
});
export type JoinRequest = Static<typeof JoinRequest>;
export const JoinRequestList = Type.Object({
  /** Whether devices may ask at all. */
  enabled: Type.Boolean(),
  join_requests: Type.Array(JoinRequest),
  ca_fingerprint: Type.String(),
  gateway: text,
});
export type JoinRequestList = Static<typeof JoinRequestList>;

/** The site's certificate authority. */
export const Authority = Type.Object({ fingerprint: Type.String() });

export const About = Type.Object({
  version: Type.String(),
  site: Id,
  store: Type.String(),
  started_at: Type.Integer(),
});
export type About = Static<typeof About>;

/** RFC 9457 §3, with the product's code. */
export const Problem = Type.Object({
  status: Type.Optional(Type.Integer()),
  code: Type.String(),
  detail: text,
});

export { Alert };
