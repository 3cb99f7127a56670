import type { DeviceState } from '../../contract/state.ts';
import type { Moment } from './moment.ts';

/** Telemetry that comes this soon, ms, after a device was said to be offline was sent before it went: messages gather on their way to the rules. */
export const ECHO_MS = 2000;

/** A device that never says whether it is online is missed after this silence at the earliest, ms. */
export const UNANNOUNCED_MS = 300_000;

/** How often a device that reports at a regular interval may stay away before it is missed. */
export const MISSED_REPORTS = 3;

/** Reports that teach the rule a device's interval. */
export const REPORTS_TO_LEARN = 3;

/** Messages within this time, ms, are one report: a Telegraf sends several at each flush. */
const REPORT_MS = 2000;

/** How fast a learned interval shrinks with each report that comes sooner. */
const INTERVAL_DECAY = 0.9;

/** A return after a longer absence than usual teaches at most this many times the patience that it tried: an outage is no interval. */
const LEARN_AT_MOST = 2;

export interface AbsenceSettings {
  /** How long a device must stay away after the gateway says so. */
  holdSeconds: number;
  /** How long a device that is said to be online may be silent. */
  timeoutSeconds: number;
}

/** What the absence rule knows of one device. Plain JSON; steady times are of this process's run. */
export interface AbsenceState {
  open: boolean;
  /** What the device, or its will, said last. */
  announced: 'nothing' | 'online' | 'offline' | 'planned';
  announcedAt: number | null;
  /** The run of the agent that said it. */
  boot: string | null;
  /** The run whose absence a person has accepted; that it is offline may be said again at each new connection. */
  excusedBoot: string | null;
  /** The last sign of life. */
  heardAt: number | null;
  /** When the last report began, how many there were (no further than matters), and how far they lie apart. */
  reportedAt: number | null;
  reports: number;
  intervalMs: number | null;
}

export type AbsenceInput =
  /** Telemetry came. `replayed`: it was kept through an outage, so it shows life but not that all is well again. */
  | { kind: 'heard'; replayed: boolean }
  | { kind: 'state'; state: DeviceState }
  | { kind: 'tick' }
  /** The rule itself was deaf until now (its own connection was away, the process stood still): silence until here means nothing. */
  | { kind: 'resumed' }
  | { kind: 'open' }
  | { kind: 'gone' }
  /** A person has closed the alert. */
  | { kind: 'closed' };

/** `disconnected`: the gateway said so; `silent`: connected but mute; `unheard`: one that never says whether it is online. */
export type AbsenceCause = 'disconnected' | 'silent' | 'unheard';

export type AbsenceAlert =
  | {
      action: 'raise';
      cause: AbsenceCause;
      heldSeconds: number /** usual, where it was learned */;
      intervalSeconds: number | undefined;
    }
  | { action: 'clear' };

export interface AbsenceResult {
  state: AbsenceState;
  alerts: readonly AbsenceAlert[];
}

export const initialAbsence: AbsenceState = {
  open: false,
  announced: 'nothing',
  announcedAt: null,
  boot: null,
  excusedBoot: null,
  heardAt: null,
  reportedAt: null,
  reports: 0,
  intervalMs: null,
};

/** Takes one input for one device. Pure: the same arguments give the same result, and none of them changes. */
export function step(state: AbsenceState, input: AbsenceInput, settings: AbsenceSettings, now: Moment): AbsenceResult {
  switch (input.kind) {
    case 'heard':
      return heard(state, input.replayed, settings, now);
    case 'state':
      return announced(state, input.state, settings, now);
    case 'tick':
      return settle(awaited(state, now), settings, now);
    case 'resumed':
      return { state: isKnown(state) ? { ...state, heardAt: now.steady, reportedAt: null } : state, alerts: [] };
    case 'open':
      return { state: { ...state, open: true }, alerts: [] };
    case 'closed':
      // Away with somebody's consent, until it is heard of again. One that never says so has to be learned anew.
      return {
        state:
          state.announced === 'nothing'
            ? initialAbsence
            : { ...state, open: false, announced: 'planned', announcedAt: now.steady, excusedBoot: state.boot },
        alerts: [],
      };
    case 'gone':
      return { state: { ...state, open: false }, alerts: [] };
  }
}

/** It was heard of, in this run or an earlier one that learned its interval. */
function isKnown({ heardAt, reports }: AbsenceState): boolean {
  return heardAt !== null || reports >= REPORTS_TO_LEARN;
}

/** For a device that an earlier run knew, silence counts from the first moment that this one listens. */
function awaited(state: AbsenceState, now: Moment): AbsenceState {
  return state.heardAt === null && isKnown(state) ? { ...state, heardAt: now.steady } : state;
}

function heard(state: AbsenceState, replayed: boolean, settings: AbsenceSettings, now: Moment): AbsenceResult {
  const learned = { ...withReport(state, settings, now), heardAt: now.steady };
  const away = state.announced === 'offline' || state.announced === 'planned';
  const isEcho = away && state.announcedAt !== null && now.steady - state.announcedAt < ECHO_MS;
  if (replayed || isEcho) return { state: learned, alerts: [] };
  return present({ ...learned, announced: away ? 'online' : state.announced, excusedBoot: null });
}

/** Learns how far the device's reports lie apart: the longest of the latest gaps. */
function withReport(state: AbsenceState, settings: AbsenceSettings, now: Moment): AbsenceState {
  const { reportedAt, reports, intervalMs } = state;
  // The first report, or the first after a time in which the rule was deaf.
  if (reportedAt === null) return { ...state, reportedAt: now.steady, reports: Math.max(reports, 1) };
  const gap = now.steady - reportedAt;
  if (gap < REPORT_MS) return state;
  const most = reports < REPORTS_TO_LEARN ? Number.POSITIVE_INFINITY : LEARN_AT_MOST * patienceMs(state, settings);
  return {
    ...state,
    reportedAt: now.steady,
    reports: Math.min(reports + 1, REPORTS_TO_LEARN),
    intervalMs: Math.max(Math.min(gap, most), (intervalMs ?? 0) * INTERVAL_DECAY),
  };
}

function announced(
  state: AbsenceState,
  { online, planned, boot }: DeviceState,
  settings: AbsenceSettings,
  now: Moment,
): AbsenceResult {
  if (online) {
    return present({
      ...{ ...state, announced: 'online', announcedAt: now.steady, boot, heardAt: now.steady },
      excusedBoot: null,
    });
  }
  // The will of an earlier run comes late when the broker notices the old connection's end after the new run has begun.
  if (state.announced === 'online' && state.boot !== boot) return { state, alerts: [] };
  if (planned === true || boot === state.excusedBoot)
    return present({ ...state, announced: 'planned', announcedAt: now.steady, boot });
  const announcedAt = state.announced === 'offline' ? state.announcedAt : now.steady;
  return settle({ ...state, announced: 'offline', announcedAt, boot }, settings, now);
}

/** The device is there, or away on purpose: nothing to be alarmed about. */
function present(state: AbsenceState): AbsenceResult {
  return state.open ? { state: { ...state, open: false }, alerts: [{ action: 'clear' }] } : { state, alerts: [] };
}

function settle(state: AbsenceState, settings: AbsenceSettings, now: Moment): AbsenceResult {
  const missing = state.open ? undefined : missed(state, settings, now);
  if (missing === undefined) return { state, alerts: [] };
  const intervalSeconds = state.intervalMs === null ? undefined : state.intervalMs / 1000;
  return {
    state: { ...state, open: true },
    alerts: [{ action: 'raise', cause: missing.cause, heldSeconds: missing.forMs / 1000, intervalSeconds }],
  };
}

function missed(
  state: AbsenceState,
  settings: AbsenceSettings,
  now: Moment,
): { cause: AbsenceCause; forMs: number } | undefined {
  const { announced: said, announcedAt, heardAt, reports } = state;
  if (said === 'planned') return undefined;
  if (said === 'offline') {
    const forMs = now.steady - (announcedAt ?? now.steady);
    return forMs >= settings.holdSeconds * 1000 ? { cause: 'disconnected', forMs } : undefined;
  }
  const knowsEnough = said === 'online' || reports >= REPORTS_TO_LEARN;
  if (heardAt === null || !knowsEnough) return undefined;
  const forMs = now.steady - heardAt;
  const cause = said === 'online' ? 'silent' : 'unheard';
  return forMs > patienceMs(state, settings) ? { cause, forMs } : undefined;
}

/** The longest silence, ms, that is still usual for this device. */
function patienceMs({ announced: said, reports, intervalMs }: AbsenceState, settings: AbsenceSettings): number {
  const least = said === 'nothing' ? UNANNOUNCED_MS : settings.timeoutSeconds * 1000;
  const learned = reports >= REPORTS_TO_LEARN && intervalMs !== null ? intervalMs * MISSED_REPORTS : 0;
  return Math.max(least, learned);
}
