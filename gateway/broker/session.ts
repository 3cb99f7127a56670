import type { VerifiedPrincipal } from '../access/principal.ts';
import type { ClientLimits } from './client-limits.ts';

/** What the broker knows of a client that has shown who it is. */
export interface Session {
  principal: VerifiedPrincipal;
  limits: ClientLimits;
  refusedSubscriptions: number;
  /** Messages that were read and are not safe yet. While there are any, the client's pings are not read. */
  pending: number;
  /** The gateway ends this connection for a reason of its own, so its will would say what is not so. */
  endedHere: boolean;
}
