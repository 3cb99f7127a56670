/**
 * What a token may be narrowed to, beside its role: a program that reads the metrics needs no list of users. A token without scopes may
 * whatever its role may.
 */
export const tokenScopes = [
  'measurements',
  'devices',
  'alerts',
  'events',
  'stream',
  'metrics',
  'audit',
  'backups',
  'accounts',
] as const;
export type TokenScope = (typeof tokenScopes)[number];

/** True when a token with these scopes may use a route that needs `scope`; none means that the token is not narrowed. */
export function scopesAllow(scopes: readonly TokenScope[], scope: TokenScope | 'any' | 'none'): boolean {
  return scopes.length === 0 || scope === 'any' || (scope !== 'none' && scopes.includes(scope));
}

/** True when a token with the scopes `made` may nothing that one of the same role with `makers` may not. */
export function scopesCover(makers: readonly TokenScope[], made: readonly TokenScope[]): boolean {
  return makers.length === 0 || (made.length > 0 && made.every((scope) => makers.includes(scope)));
}

/** True when `text` is a scope. */
export function isTokenScope(text: string): text is TokenScope {
  return (tokenScopes as readonly string[]).includes(text);
}
