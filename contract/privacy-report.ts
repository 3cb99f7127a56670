import { type Static, Type } from '#typebox';
import { LocalText } from './alert.ts';

/** What a site keeps about people, in its own words and figures: `campus-edge privacy report --json` and `GET /api/v1/privacy/report`. Times are ms. */

const Moment = Type.Integer({ description: 'ms since 1970' });

/** How much of something there is in one place. */
export const Extent = Type.Object({
  part: Type.String({ description: 'a table of the registry, or a store and which part of it' }),
  count: Type.Optional(
    Type.Integer({ minimum: 0, description: 'rows, points or files; absent where nobody can count' }),
  ),
  bytes: Type.Optional(Type.Integer({ minimum: 0 })),
  oldest: Type.Optional(Type.Integer({ description: 'ms; absent where there is nothing, or nothing tells' })),
  note: Type.Optional(LocalText),
});
export type Extent = Static<typeof Extent>;

export const KeptData = Type.Object({
  id: Type.String(),
  data_class: Type.Enum(['public', 'internal', 'personal', 'sensitive']),
  what: LocalText,
  purpose: LocalText,
  place: LocalText,
  kept_for: Type.Object({
    days: Type.Optional(Type.Integer({ description: 'the longest of them; absent where no time ends it' })),
    text: LocalText,
  }),
  erased_by: LocalText,
  now: Type.Array(Extent),
});
export type KeptData = Static<typeof KeptData>;

const Look = Type.Object({
  time: Moment,
  actor: Type.String({ description: 'people are masked' }),
  target: Type.String(),
  detail: Type.String({ description: 'of a reveal: the reason' }),
});

export const Looks = Type.Object({
  action: Type.String({ description: 'as the audit log calls it' }),
  what: LocalText,
  total: Type.Integer({ minimum: 0, description: 'in the audit log' }),
  newest: Type.Array(Look, { description: 'newest first, a hundred at most' }),
});
export type Looks = Static<typeof Looks>;

export const ReportedErasure = Type.Object({
  kind: Type.Enum(['client', 'user', 'device']),
  actor: Type.String({ description: 'who asked; people are masked' }),
  asked_at: Moment,
  done_at: Type.Optional(Type.Integer({ description: 'ms; absent while it is not done' })),
  left_to_do: Type.Array(Type.String(), { description: 'what a server needs done by its own means' }),
});
export type ReportedErasure = Static<typeof ReportedErasure>;

export const PrivacyReport = Type.Object({
  site: Type.String(),
  version: Type.String(),
  made_at: Moment,
  settings: Type.Record(Type.String(), Type.Union([Type.Integer(), Type.Boolean(), Type.String()]), {
    description: 'what campus-edge.yaml says about keeping, by its key, with defaults',
  }),
  kept: Type.Array(KeptData),
  not_kept: Type.Array(Type.Object({ what: LocalText, instead: LocalText })),
  looks_since: Type.Optional(Type.Integer({ description: 'ms; the oldest row of the audit log' })),
  looks: Type.Array(Looks),
  erasures: Type.Object({
    total: Type.Integer({ minimum: 0 }),
    newest: Type.Array(ReportedErasure, { description: 'newest first, a hundred at most' }),
  }),
});
export type PrivacyReport = Static<typeof PrivacyReport>;
