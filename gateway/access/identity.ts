import type { Registry } from '../registry/registry.ts';
import { hasEnded } from '../registry/tokens.ts';
import type { Role } from './roles.ts';
import type { TokenScope } from './token-scopes.ts';

/** Who makes an HTTP request: a person by a session, or a program by a token. */
export type Identity =
  | { kind: 'user'; name: string; role: Role; session: string }
  | {
      kind: 'token';
      name: string;
      role: Role;
      id: string;
      /** What it is narrowed to; empty where it is not. */
      scopes: readonly TokenScope[];
      /** When it ends, ms; absent for one that was made before every token ended. */
      expiresAt?: number;
      /** Of a token that stands in for somebody: who that is. */
      for?: string;
    };

type IdentityTables = Pick<Registry, 'sessions' | 'tokens'>;

/** The person of a session cookie. */
export function identityOfCookie({ sessions }: IdentityTables, secret: string, now: number): Identity | undefined {
  const session = sessions.use(secret, now);
  return session && { kind: 'user', name: session.user, role: session.role, session: session.hash };
}

/** The program of a bearer token; undefined when there is none, with `ended` when its time is over. */
export function identityOfToken(
  { tokens }: IdentityTables,
  secret: string,
  now: number,
): { identity: Identity; ended: boolean } | undefined {
  const found = tokens.find(secret, now);
  if (found === undefined) return undefined;
  const { id, name, role, createdBy, scopes, expiresAt, standsIn } = found.token;
  const identity: Identity = {
    ...{ kind: 'token', name, role, id, scopes },
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(standsIn ? { for: createdBy } : {}),
  };
  return { identity, ended: found.ended };
}

/** The role this identity still has; undefined once the session ended or the token was revoked. Keeps neither alive. */
export function roleNow({ sessions, tokens }: IdentityTables, identity: Identity, now: number): Role | undefined {
  if (identity.kind === 'user') return sessions.peek(identity.session, now)?.role;
  const token = tokens.get(identity.id);
  return token === undefined || hasEnded(token, now) ? undefined : token.role;
}

/** How an identity is called in the audit log. */
export function actorOf(identity: Identity): string {
  if (identity.kind === 'token' && identity.for !== undefined) return identity.for;
  return `${identity.kind}:${identity.name}`;
}
