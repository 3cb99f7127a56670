import type { CampusError } from '../../../contract/errors.ts';
import { withoutMacs } from '../../../contract/mac-address.ts';
import { type Place, parseFailure } from '../../parse-failure.ts';

/** States of include/uapi/linux/neighbour.h, as iproute2 writes them. */
export const neighbourStates = [
  ...['INCOMPLETE', 'REACHABLE', 'STALE', 'DELAY', 'PROBE', 'FAILED', 'NOARP', 'PERMANENT', 'NONE'],
] as const;

/** An entry of the neighbour table: ARP or neighbour discovery. */
export interface Neighbour {
  address: string;
  interface: string;
  /** Its link-layer address, where it is known: a MAC address, or that of the other end of a tunnel. */
  linkLayer: string | undefined;
  /** In lower case; several may hold at a time. */
  states: string[];
  /** It says of itself that it is a router (RFC 4861 §4.4, flag R). */
  isRouter: boolean;
  /** Answered for by this machine, on behalf of another. */
  isProxy: boolean;
}

/** The error of these parsers; no address of a neighbour stands in it. */
export function neighbourFailure(place: Place, expected: string, got: string | undefined): CampusError {
  return parseFailure(place, expected, got === undefined ? undefined : shown(got));
}

/** A link-layer address, also one that is cut short, and an IPv6 address made of one (RFC 4291 appendix A). */
const telling = /(?<=lladdr[" :]+)[0-9a-f:]+|[0-9a-f]{2}(?:[:-][0-9a-f]{0,2}){3,}|[0-9a-f:]*ff:fe[0-9a-f:]*/gi;

/** Text that somebody may see: no address of a neighbour's hardware stands in it. */
export function shown(text: string): string {
  return withoutMacs(text).replaceAll(telling, '[mac]');
}
