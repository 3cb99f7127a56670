import type { ErrorCode } from '../../contract/errors.ts';
import type { Bans } from '../access/bans.ts';
import type { VerifiedPrincipal } from '../access/principal.ts';
import type { ClientRates } from './client-limits.ts';
import type { ConnectChecks } from './connect-check.ts';

/** One refusal, for the audit log and the rejects. */
export interface Refusal {
  action: 'connect' | 'publish' | 'subscribe' | 'packet';
  /** The user name that the client gave, whether or not it proved it; empty when it gave none. */
  username: string;
  /** Set once the client is authenticated. */
  principal: VerifiedPrincipal | undefined;
  address: string;
  /** The topic, the filter, or nothing. */
  target: string;
  code: ErrorCode;
  detail: string;
}

export interface BrokerOptions extends ClientRates, ConnectChecks {
  /**
   * Takes what an authenticated client publishes on a topic it may publish on, before the PUBACK: when this resolves, the
   * message is safe. Whether subscribers get it is up to the callee, through `Broker.publish`.
   * @throws when the message could not be made safe; the client's connection is then closed and it keeps the message
   */
  receive: (principal: VerifiedPrincipal, topic: string, payload: Uint8Array) => Promise<void>;
  refused: (refusal: Refusal) => void;
  connected: (principal: VerifiedPrincipal, address: string) => void;
  /** A client has subscribed, anew or once more, to a filter that it may subscribe to; it has been told so. */
  subscribed: (principal: VerifiedPrincipal, filter: string) => void;
  disconnected: (principal: VerifiedPrincipal) => void;
  /** Told of each telemetry message that a subscriber does not get: in a flood, or because it does not read. */
  notForwarded: () => void;
  /** A will was not published, because it was the gateway and not the client that ended the connection. */
  withheld: (principal: VerifiedPrincipal) => void;
  /** New connections a second from one address; as limits.ts has it unless told. */
  connectsPerSecond?: number;
  /** Told of each failed log-in; it says whether the address is banned, so that it gets no answer. */
  bans: Pick<Bans, 'failed'>;
}

/** How a message is handed to subscribers. */
export interface PublishOptions {
  qos: 0 | 1;
  retain: boolean;
  /** One of the same topic that has not gone out yet need not any more. */
  replaces?: boolean;
}
