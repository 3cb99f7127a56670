import type { AccountOwner } from '../registry/credentials.ts';

/** Who an MQTT client is, once it has shown its password. */
export type Principal = AccountOwner;

/** A principal and the state of the credential it has shown, so that a later change of that credential is noticed. */
export type VerifiedPrincipal = Principal & { readonly username: string; readonly version: number };

/** How a principal is called in the audit log. */
export function principalActor(principal: Principal): string {
  return principal.kind === 'device' ? `device:${principal.site}/${principal.device}` : `flows:${principal.site}`;
}
