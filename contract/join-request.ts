import { type Static, Type } from '#typebox';
import { Id } from './ids.ts';
import { CertificateRequest, JoinAnswer, UnverifiedGateway } from './join.ts';

/** What shows that it is the same device that asks again: 256 random bits, made on the device, 43 characters of base64url. */
const Secret = Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' });

/** A device without a join token asks to be let in. Sent again it is the same request. */
export const JoinAnnouncement = Type.Object(
  {
    secret: Secret,
    /** What the device wishes to be called; the administrator decides. */
    device: Id,
    request: CertificateRequest,
    unverified: Type.Optional(UnverifiedGateway),
  },
  { additionalProperties: false },
);
export type JoinAnnouncement = Static<typeof JoinAnnouncement>;

/** It asks what has become of that. */
export const JoinInquiry = Type.Object(
  { secret: Secret, unverified: Type.Optional(UnverifiedGateway) },
  { additionalProperties: false },
);
export type JoinInquiry = Static<typeof JoinInquiry>;

/** What has become of a request that was neither rejected nor has expired: those are errors. */
export const JoinRequestState = Type.Object({
  /** Part of what the verification code is made from. */
  id: Type.String({ pattern: '^r-[0-9a-f]{12}$' }),
  /** Until when the request waits, ms. */
  expires_at: Type.Integer(),
  /** There once it is approved. */
  joined: Type.Optional(JoinAnswer),
});
export type JoinRequestState = Static<typeof JoinRequestState>;
