import { createPrivateKey, sign } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { CampusError } from '../contract/errors.ts';
import {
  CommandProgress,
  type SelfCommandRequest,
  type SelfInquiry,
  selfCommandText,
  selfInquiryText,
} from '../contract/self-command.ts';
import type { ThroughputChoice } from '../contract/throughput.ts';
import type { Enrolment } from '../runtime/enrolment-file.ts';
import { askGateway } from './join/gateway-request.ts';

/** Each question is a handshake over the link that is measured: seldom enough to cost a link of 2 Mbit/s some 2 %. */
const POLL_MS = 1000;
const POLL_RUNNING_MS = 2000;
/** A full link may well lose a question; so many in a row are no chance. */
const UNANSWERED_MAX = 5;
/** Who gives up says so within this time. */
const WITHDRAW_MS = 3000;

export interface OwnThroughputOptions {
  /** Who this machine is. */
  enrolment: Enrolment;
  choice: ThroughputChoice;
  /** Told again and again how it stands. */
  progress: (progress: CommandProgress) => void;
  /** Ends the waiting: a measurement that still waits for its turn is taken back, one that has begun goes on. */
  signal: AbortSignal;
  /** How long it may wait for its turn, ms; as long as the gateway lets it when absent. */
  turnMs?: number;
  /** Wall clock, ms. */
  now: () => number;
}

/**
 * Asks the gateway to have this very machine measured, proved by its certificate, and waits for the end. The agent that runs here carries it out.
 * @throws CampusError `command_queue_full` when its turn does not come in time; of `askGateway`: `device_offline`, `command_busy`,
 * `certificate_revoked`, `request_stale` …; AbortError
 */
export async function measureOwnThroughput(options: OwnThroughputOptions): Promise<CommandProgress> {
  const { choice, progress, signal, turnMs = Number.POSITIVE_INFINITY } = options;
  const begun = performance.now();
  let status = await ask(options, choice);
  try {
    while (status.state !== 'done' && status.state !== 'failed') {
      progress(status);
      await delay(status.state === 'running' ? POLL_RUNNING_MS : POLL_MS, undefined, { signal });
      status = await answered(options, status.id);
      if (status.state === 'waiting' && performance.now() - begun > turnMs) {
        throw new CampusError('command_queue_full', `its turn did not come within ${Math.round(turnMs / 1000)} s`);
      }
    }
    return status;
  } catch (error) {
    if (status.state === 'waiting') await withdraw(options, status.id);
    throw error;
  }
}

function ask({ enrolment, signal, now }: OwnThroughputOptions, choice: ThroughputChoice): Promise<CommandProgress> {
  const asked = { time: now(), command: 'throughput', arguments: choice } as const;
  const body: SelfCommandRequest = { ...asked, ...proof(enrolment, selfCommandText(asked)) };
  return send(enrolment, 'self/commands', body, signal);
}

function inquire(
  { enrolment, now }: OwnThroughputOptions,
  id: string,
  { action, signal }: Pick<SelfInquiry, 'action'> & { signal: AbortSignal },
): Promise<CommandProgress> {
  const asked = { time: now(), action };
  const body: SelfInquiry = { ...asked, ...proof(enrolment, selfInquiryText(asked, id)) };
  return send(enrolment, `self/commands/${id}`, body, signal);
}

/** How a command stands, asked again where the measured link has swallowed the question. */
async function answered(options: OwnThroughputOptions, id: string): Promise<CommandProgress> {
  for (let unanswered = 1; ; unanswered += 1) {
    try {
      return await inquire(options, id, { action: 'state', signal: options.signal });
    } catch (error) {
      const isLost = error instanceof CampusError && error.code === 'gateway_unreachable';
      if (!isLost || unanswered === UNANSWERED_MAX) throw error;
      await delay(POLL_RUNNING_MS, undefined, { signal: options.signal });
    }
  }
}

/** Nobody waits any more, so nothing should fill the link later. Where the gateway does not hear it, it measures once in vain. */
async function withdraw(options: OwnThroughputOptions, id: string): Promise<void> {
  try {
    await inquire(options, id, { action: 'withdraw', signal: AbortSignal.timeout(WITHDRAW_MS) });
  } catch (error) {
    // What has ended the waiting is what is told.
    if (!(error instanceof CampusError) && (error as Error).name !== 'TimeoutError') throw error;
  }
}

function proof({ certificate, key }: Enrolment, text: string): Pick<SelfInquiry, 'certificate' | 'signature'> {
  return { certificate, signature: sign('sha256', Buffer.from(text), createPrivateKey(key)).toString('base64') };
}

function send(
  { https: base, authority }: Enrolment,
  path: string,
  body: unknown,
  signal: AbortSignal,
): Promise<CommandProgress> {
  return askGateway({ base, path, body, answer: CommandProgress, authority, signal });
}
