import { type Static, Type } from '#typebox';
import { type AbsenceState, initialAbsence, REPORTS_TO_LEARN } from './absence.ts';

/** What of a device's absence state outlives the process. What a device says of itself comes again from the gateway. */
export const RememberedDevice = Type.Object(
  {
    /** How far its reports lie apart, ms, where it never says whether it is online. */
    interval_ms: Type.Optional(Type.Number({ minimum: 0 })),
    /** The run whose absence a person has accepted. */
    excused_boot: Type.Optional(Type.String({ maxLength: 64 })),
  },
  { additionalProperties: false },
);
export type RememberedDevice = Static<typeof RememberedDevice>;

/** What an absence rule remembers across restarts, by device. */
export interface AbsenceMemory {
  get(device: string): RememberedDevice | undefined;
  set(device: string, remembered: RememberedDevice): void;
  delete(device: string): void;
  entries(): Iterable<[string, RememberedDevice]>;
}

/** An interval is learned anew with every report; it is written again only when it has changed by this factor. */
const WORTH_WRITING = 1.25;

/** The state to begin with for a device that an earlier run knew. */
export function recall({ interval_ms, excused_boot }: RememberedDevice): AbsenceState {
  return {
    ...initialAbsence,
    ...(interval_ms === undefined ? {} : { reports: REPORTS_TO_LEARN, intervalMs: interval_ms }),
    excusedBoot: excused_boot ?? null,
  };
}

/** Writes down what is worth it of a device's state. */
export function remember(memory: AbsenceMemory, device: string, state: AbsenceState): void {
  const { announced, reports, intervalMs, excusedBoot } = state;
  const learned = announced === 'nothing' && reports >= REPORTS_TO_LEARN && intervalMs !== null;
  const known = memory.get(device);
  if (!learned && excusedBoot === null) {
    if (known !== undefined) memory.delete(device);
    return;
  }
  const next: RememberedDevice = {
    ...(learned ? { interval_ms: Math.round(intervalMs) } : {}),
    ...(excusedBoot === null ? {} : { excused_boot: excusedBoot }),
  };
  if (known?.excused_boot === next.excused_boot && isNear(known?.interval_ms, next.interval_ms)) return;
  memory.set(device, next);
}

function isNear(a: number | undefined, b: number | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return Math.max(a, b) <= WORTH_WRITING * Math.min(a, b);
}
