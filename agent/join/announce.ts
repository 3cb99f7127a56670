import { createPublicKey, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { CampusError, type ErrorCode } from '../../contract/errors.ts';
import type { JoinAnswer } from '../../contract/join.ts';
import { type JoinAnnouncement, JoinRequestState } from '../../contract/join-request.ts';
import { type Enrolment, writeEnrolment } from '../../runtime/enrolment-file.ts';
import type { Home } from '../../runtime/home.ts';
import { joinCode } from '../../runtime/join-code.ts';
import {
  type PendingJoin,
  readPendingJoin,
  removePendingJoin,
  writePendingJoin,
} from '../../runtime/join-request-file.ts';
import { readUnverified } from '../../runtime/unverified-gateway-file.ts';
import { runX509Job } from '../../runtime/x509/run-job.ts';
import { askGateway } from './gateway-request.ts';
import { notingImpostors } from './impostor-note.ts';
import { enrolmentOf } from './joined.ts';
import { gatewayBase, trustedAuthority } from './trusted-gateway.ts';

/** How often it is asked what has become of the request, ms. */
const ASK_MS = 3000;

/** A request that waits. */
export interface Waiting {
  /** What the administrator compares. */
  code: string;
  /** What this machine has asked to be called. */
  device: string;
  /** Until when the gateway keeps the request, ms. */
  expiresAt: number;
  /** Why the gateway could not be asked just now; undefined when it was. */
  problem: CampusError | undefined;
}

export interface AnnounceOptions {
  home: Home;
  /** https://host[:port]; port 8443 unless told. */
  gateway: string;
  /** SHA-256 of the site's certificate authority, base64url. */
  fingerprint: string;
  /** What this machine wishes to be called. */
  device: string;
  /** Called each time that the gateway was asked, or could not be. */
  onWaiting: (waiting: Waiting) => void;
  /** Ends the waiting; the request stays. */
  signal: AbortSignal;
}

/**
 * Asks a gateway to let this machine in, waits until an administrator has decided, and keeps what it gets for the agent. Nothing is sent to a gateway
 * that has not shown a certificate of the authority with the fingerprint. Called again it goes on with the same key and the same request.
 * @throws CampusError `request_invalid`, `gateway_unreachable`, `gateway_not_verified`, `join_requests_off`, `join_requests_full`, `join_request_*`;
 * the signal's reason
 */
export async function announce(options: AnnounceOptions): Promise<Enrolment> {
  const base = gatewayBase(options.gateway);
  return notingImpostors(options.home, base, async () => {
    const authority = await trustedAuthority(base, { path: 'ca', fingerprint: options.fingerprint });
    try {
      return await join({ ...options, base, authority });
    } catch (error) {
      // The next request has another key.
      if (error instanceof CampusError && final.has(error.code)) removePendingJoin(options.home);
      throw error;
    }
  });
}

/** Answers that end a request for good. */
const final: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'join_request_rejected',
  'join_request_expired',
  'join_request_unknown',
]);
/** Failures that say nothing about the request. */
const passing: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'gateway_unreachable',
  'not_ready',
  'rate_limited',
  'internal',
]);

interface Joining extends AnnounceOptions {
  /** https://host:port */
  base: string;
  /** The site's certificate authority, PEM. */
  authority: string;
}

async function join(joining: Joining): Promise<Enrolment> {
  const { home, base, authority } = joining;
  const { pending, state } = await begin(joining);
  const joined = state.joined ?? (await approval(joining, pending, state));
  const enrolment = enrolmentOf({ base, joined, authority, key: pending.key });
  writeEnrolment(home, enrolment);
  removePendingJoin(home);
  return enrolment;
}

/** Goes on with the request that this machine has made before, unless that has expired meanwhile, or makes one. */
async function begin(joining: Joining): Promise<{ pending: PendingJoin; state: JoinRequestState }> {
  const { home, base, fingerprint, device } = joining;
  const kept = readPendingJoin(home);
  if (kept?.gateway === base && kept.fingerprint === fingerprint) {
    const state = await ask(joining, 'join/requests', announcementOf(kept)).catch(unlessExpired);
    if (state !== undefined) return { pending: kept, state };
  }
  const { request, key } = await runX509Job<'request'>({ kind: 'request' });
  const secret = randomBytes(32).toString('base64url');
  const pending = { gateway: base, fingerprint, device, secret, request, key };
  // Kept before anything is sent: whatever is interrupted from here on goes on with it.
  writePendingJoin(home, pending);
  return { pending, state: await ask(joining, 'join/requests', announcementOf(pending)) };
}

function announcementOf({ secret, device, request }: PendingJoin): JoinAnnouncement {
  return { secret, device, request };
}

function unlessExpired(error: unknown): undefined {
  if (error instanceof CampusError && error.code === 'join_request_expired') return undefined;
  throw error;
}

/** Asks until the request is approved. A gateway that is away, or was asked too often, is waited for. */
async function approval(joining: Joining, pending: PendingJoin, first: JoinRequestState): Promise<JoinAnswer> {
  const { onWaiting, signal } = joining;
  const { secret, device, key } = pending;
  const waiting = { code: joinCode(createPublicKey(key), first.id), device, expiresAt: first.expires_at };
  let problem: CampusError | undefined;
  while (true) {
    onWaiting({ ...waiting, problem });
    await delay(ASK_MS, undefined, { signal });
    try {
      const { joined } = await ask(joining, 'join/requests/state', { secret });
      if (joined !== undefined) return joined;
      problem = undefined;
    } catch (error) {
      if (!(error instanceof CampusError) || !passing.has(error.code)) throw error;
      problem = error;
    }
  }
}

/** Each time the gateway is told of impostors, for it believes a device only once that is let in, and keeps nothing of what strangers say. */
function ask({ home, base, authority, signal }: Joining, path: string, asked: object): Promise<JoinRequestState> {
  const unverified = readUnverified(home);
  const body = unverified === undefined ? asked : { ...asked, unverified };
  return askGateway({ base, path, body, answer: JoinRequestState, authority, signal });
}
