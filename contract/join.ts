import { type Static, Type } from '#typebox';
import { Id } from './ids.ts';

/** What a gateway tells of its certificate authority: nothing secret, and nothing to be believed before its hash is compared. */
export const AuthorityView = Type.Object({
  site: Id,
  /** PEM. */
  certificate: Type.String({ maxLength: 8192 }),
  /** SHA-256 of the certificate, base64url, as join tokens carry it. */
  fingerprint: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
});
export type AuthorityView = Static<typeof AuthorityView>;

/** PKCS #10 as PEM; one with a P-256 key has some 400 characters. */
export const CertificateRequest = Type.String({ minLength: 1, maxLength: 4096 });
/** PEM. */
export const Certificate = Type.String({ minLength: 1, maxLength: 8192 });

/** That something else answered in the gateway's place when a machine tried to join: the gateway itself could not see it. */
export const UnverifiedGateway = Type.Object(
  {
    /** When, by the machine's clock, ms; of the last attempt. */
    at: Type.Integer({ minimum: 0, maximum: 8.64e15 }),
    /** Where the machine had been told to join. */
    url: Type.String({ pattern: '^https://', maxLength: 256 }),
    /** Attempts. */
    count: Type.Integer({ minimum: 1, maximum: 1000 }),
  },
  { additionalProperties: false },
);
export type UnverifiedGateway = Static<typeof UnverifiedGateway>;

/** A device asks to be let in. */
export const JoinRequest = Type.Object(
  {
    /** The secret part of a join token. */
    secret: Type.String({ pattern: '^[A-Za-z0-9_-]{22}$' }),
    /** What the device is to be called; the token's name unless told. */
    device: Type.Optional(Id),
    /** The name that it has from its host, where neither says one. */
    host_name: Id,
    request: CertificateRequest,
    unverified: Type.Optional(UnverifiedGateway),
  },
  { additionalProperties: false },
);
export type JoinRequest = Static<typeof JoinRequest>;

/** What a device that is let in gets. */
export const JoinAnswer = Type.Object({
  site: Id,
  device: Id,
  /** The device's certificate, PEM. */
  certificate: Certificate,
  /** Where it reports to, beside the address that it has joined by. */
  mqtts_port: Type.Integer({ minimum: 1, maximum: 65_535 }),
});
export type JoinAnswer = Static<typeof JoinAnswer>;

/** A device asks for a new certificate while its present one still holds. */
export const RenewalRequest = Type.Object(
  {
    /** The present one, PEM. */
    certificate: Certificate,
    /** For the new key. */
    request: CertificateRequest,
    /** Of the request's text, by the present key: ECDSA with SHA-256, DER, base64. */
    signature: Type.String({ minLength: 1, maxLength: 256 }),
  },
  { additionalProperties: false },
);
export type RenewalRequest = Static<typeof RenewalRequest>;

export const RenewalAnswer = Type.Object({ certificate: Certificate });
export type RenewalAnswer = Static<typeof RenewalAnswer>;
