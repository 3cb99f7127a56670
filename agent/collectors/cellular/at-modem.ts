import { CampusError } from '../../../contract/errors.ts';
import type { Host } from '../../host/host.ts';
import type { AtReply } from './at/exchange.ts';
import { AtSession } from './at/session.ts';
import type { Modem } from './discover.ts';
import type { ModemFacts } from './facts.ts';
import { type Interpretation, interpret } from './interpret.ts';
import { identificationCommands, rareCommands, sampleCommands, settingCommands, vendorOf } from './plan.ts';

/** A modem answers most commands at once, and those about the network within 300 ms; one that is busy registering takes longer. */
const ANSWER_MS = 3000;
/** A port that speaks no AT stays silent: this long is waited for the first word. */
const FIRST_ANSWER_MS = 1500;
/** What a sample may take; the runner gives up at 8 s. */
const SAMPLE_MS = 6000;
const RARE_MS = 5 * 60_000;
/** A command that was refused may be understood after an update or with another SIM. */
const REFUSED_MS = 10 * 60_000;

/** What is remembered of a modem between samples, while it stays plugged in. */
interface Known {
  port: string | undefined;
  identity: ModemFacts | undefined;
  rareAt: number | undefined;
  refusedAt: Map<string, number>;
}

/**
 * Asks one modem by AT, over the first of its ports that answers.
 * @returns a function that takes a sample; what could not be asked in time or was answered with nonsense is in its failures
 */
export function createAtModem(): (host: Host, modem: Modem, signal: AbortSignal) => Promise<Interpretation> {
  const known: Known = { port: undefined, identity: undefined, rareAt: undefined, refusedAt: new Map() };
  return async (host, modem, signal) => {
    const deadline = host.monotonicMs() + SAMPLE_MS;
    const session = await openFirst({ host, modem, known, deadline, signal });
    try {
      return await new Sample({ host, modem, known, session, deadline, signal }).take();
    } finally {
      await session.close();
    }
  };
}

interface OpenOptions {
  host: Host;
  modem: Modem;
  known: Known;
  deadline: number;
  signal: AbortSignal;
}

/** @throws CampusError of the port that is another's or may not be used; `modem_silent` when none answers */
async function openFirst({ host, modem, known, deadline, signal }: OpenOptions): Promise<AtSession> {
  const ports = known.port !== undefined && modem.ports.includes(known.port) ? [known.port] : modem.ports;
  let silence: unknown;
  for (const port of ports) {
    if (silence !== undefined && host.monotonicMs() + FIRST_ANSWER_MS > deadline) break;
    const session = await AtSession.open(host, port);
    if (session === undefined) continue;
    try {
      await synchronise(session, signal);
      known.port = port;
      return session;
    } catch (error) {
      silence ??= error;
      await session.close();
      if (!(error instanceof CampusError) || error.code !== 'modem_silent') throw error;
    }
  }
  known.port = undefined;
  throw (
    silence ?? new CampusError('serial_failed', `modem ${modem.key}: its ports are gone: ${modem.ports.join(', ')}`)
  );
}

/**
 * Begins a dialogue: no echo, results in words (V.250 §6.2.4, §6.2.6), and no answer of before under way. The second command cannot be answered by a late
 * OK; where a modem does not know it, silence tells that the answers have ended.
 */
async function synchronise(session: AtSession, signal: AbortSignal): Promise<void> {
  await session.ask('ATE0V1', { timeoutMs: FIRST_ANSWER_MS, signal });
  const { result } = await session.ask('AT+CMEE?', { timeoutMs: FIRST_ANSWER_MS, signal, needsInformation: true });
  if (result?.ok !== true) await session.untilQuiet(signal);
}

interface SampleOptions extends OpenOptions {
  session: AtSession;
}

/** One sample of one modem. */
class Sample {
  readonly #options: SampleOptions;
  readonly #replies: AtReply[] = [];
  readonly #failures: CampusError[] = [];

  constructor(options: SampleOptions) {
    this.#options = options;
  }

  async take(): Promise<Interpretation> {
    const { host, modem, known } = this.#options;
    try {
      if (known.identity === undefined) await this.#identify();
      const vendor = vendorOf(known.identity?.manufacturer, modem.vendorId);
      await this.#askAll(sampleCommands(vendor));
      if (known.rareAt === undefined || host.monotonicMs() - known.rareAt >= RARE_MS) {
        if (await this.#askAll(rareCommands(vendor))) known.rareAt = host.monotonicMs();
      }
    } catch (error) {
      // What the modem said until then counts.
      if (!(error instanceof CampusError)) throw error;
      this.#failures.push(error);
    }
    const { facts, notUnderstood, failures } = interpret(this.#replies);
    this.#rememberRefusals(facts);
    return { facts: { ...facts, ...known.identity }, notUnderstood, failures: [...failures, ...this.#failures] };
  }

  async #identify(): Promise<void> {
    const { known } = this.#options;
    const replies: AtReply[] = [];
    for (const command of settingCommands) await this.#ask(command);
    for (const command of identificationCommands) replies.push(await this.#ask(command));
    const { manufacturer, model, firmware } = interpret(replies).facts;
    known.identity = { manufacturer, model, firmware };
  }

  /** @returns false when the time is up before all are answered */
  async #askAll(commands: readonly string[]): Promise<boolean> {
    const { host, known, deadline } = this.#options;
    for (const command of commands) {
      const refusedAt = known.refusedAt.get(command);
      if (refusedAt !== undefined && host.monotonicMs() - refusedAt < REFUSED_MS) continue;
      if (host.monotonicMs() >= deadline) return false;
      this.#replies.push(await this.#ask(command));
    }
    return true;
  }

  #ask(command: string): Promise<AtReply> {
    const { session, signal } = this.#options;
    return session.ask(command, { timeoutMs: ANSWER_MS, signal });
  }

  /** Without a SIM nearly everything is refused, which says nothing of the modem. */
  #rememberRefusals({ simState }: ModemFacts): void {
    const { host, known } = this.#options;
    if (simState !== 'ready') return;
    for (const { command, result } of this.#replies) {
      if (command !== undefined && result?.ok === false) known.refusedAt.set(command, host.monotonicMs());
    }
  }
}
