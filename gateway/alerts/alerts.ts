import type { DatabaseSync } from 'node:sqlite';
import { isDeepStrictEqual } from 'node:util';
import type { Alert, AlertRequest } from '../../contract/alert.ts';
import { CampusError } from '../../contract/errors.ts';
import { boundedText, textBounds } from '../registry/bounded-text.ts';
import { alertId } from './alert-id.ts';
import { type AlertNotes, type AlertQuery, AlertTable } from './alert-table.ts';

/** Alerts open at once: a site with more has one problem, and the list of them no reader. */
export const OPEN_ALERTS_MAX = 5000;
/** Cleared alerts are kept for a year and some weeks. */
export const ALERT_LIFE_MS = 400 * 24 * 3600 * 1000;
/** A request may tell that its condition was seen up to this long ago; flows publish within seconds. */
const BACKDATE_MS = 24 * 3600 * 1000;

type RaiseRequest = Extract<AlertRequest, { action: 'raise' }>;

export interface AlertOutcome {
  /** The alert after the request; undefined when there was none to clear. */
  alert: Alert | undefined;
  changed: boolean;
}

/** What a person does about an alert. */
export interface PersonalAction {
  /** As the audit log calls the person. */
  who: string;
  note?: string | undefined;
  /** ms */
  now: number;
}

export type AlertListener = (alert: Alert) => void;

export interface AlertsOptions {
  db: DatabaseSync;
  /** True for a device that has ever reported and still may. */
  knows: (site: string, device: string) => boolean;
  /** Random bytes for ids. */
  random: (bytes: number) => Uint8Array;
}

/**
 * The alerts of the gateway: raised and cleared by flows, acknowledged and closed by people. A change is committed before anybody is
 * told, so it survives the end of this process; a power cut may take what came after the registry's last checkpoint, a minute at most.
 */
export class Alerts {
  readonly #table: AlertTable;
  readonly #options: AlertsOptions;
  readonly #open: Map<string, Alert>;
  readonly #listeners = new Set<AlertListener>();

  constructor(options: AlertsOptions) {
    this.#options = options;
    this.#table = new AlertTable(options.db);
    this.#open = new Map(this.#table.open().map((alert) => [nameOf(alert.site, alert), alert]));
  }

  /**
   * Raises, updates or clears an alert. (site, rule, device, subject) names it.
   * @param now ms
   * @throws CampusError `not_found` for a device that never reported or is revoked, `rate_limited` when too many alerts are open
   */
  handle(request: AlertRequest, site: string, now: number): AlertOutcome {
    const open = this.#open.get(nameOf(site, request));
    if (request.action === 'clear')
      return open === undefined ? { alert: undefined, changed: false } : this.#clear(open, request.at, now);
    return open === undefined ? this.#raise(request, site, now) : this.#update(open, request, now);
  }

  /** Every open alert, oldest first: the gateway publishes them again when it starts. */
  open(): Alert[] {
    return [...this.#open.values()];
  }

  openCount(site: string, device: string): number {
    let count = 0;
    for (const alert of this.#open.values()) {
      if (alert.device === device && alert.site === site) count += 1;
    }
    return count;
  }

  /** Newest first. */
  list(query: AlertQuery): Alert[] {
    return this.#table.list(query);
  }

  get(id: string): Alert | undefined {
    return this.#table.get(id);
  }

  /** What people said about it. */
  notes(id: string): AlertNotes {
    return this.#table.notes(id);
  }

  /**
   * Notes that a person has taken the alert up. The first one stays.
   * @throws CampusError `not_found`, `state_conflict` when it is cleared already
   */
  acknowledge(id: string, { who, note, now }: PersonalAction): AlertOutcome & { alert: Alert } {
    const alert = this.#known(id);
    if (alert.acknowledged_at !== undefined) return { alert, changed: false };
    expectOpen(alert);
    const acknowledged = { ...alert, acknowledged_at: now, acknowledged_by: who, updated_at: now };
    this.#setNote(id, 'acknowledged', note);
    this.#store(acknowledged);
    return { alert: acknowledged, changed: true };
  }

  /**
   * Clears an alert because a person says so, whose cause may well remain: flows then take the present for what is normal.
   * @throws CampusError `not_found`, `state_conflict` when it is cleared already
   */
  close(id: string, { who, note, now }: PersonalAction): Alert {
    const alert = this.#known(id);
    expectOpen(alert);
    const closed: Alert = { ...alert, state: 'cleared', cleared_at: now, closed_by: who, updated_at: now };
    this.#setNote(id, 'closed', note);
    this.#store(closed);
    return closed;
  }

  /** Clears what is open about a device that is away for good. */
  clearAll({ site, device }: { site: string; device: string }, now: number): void {
    for (const alert of this.open()) {
      if (alert.site === site && alert.device === device) this.#clear(alert, now, now);
    }
  }

  /** Calls `listener` with every alert that is raised, changed, acknowledged, closed or cleared. Returns how to stop it. */
  onChange(listener: AlertListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Deletes a device's alerts, or those with a text in what they are about; nobody is told, for they are as if they had never been. */
  erase(subject: { site: string; device: string } | { text: string }): Alert[] {
    const gone = new Set(this.#table.erase(subject));
    const open = this.open().filter(({ id }) => gone.has(id));
    for (const alert of open) this.#open.delete(nameOf(alert.site, alert));
    return open;
  }

  /** Calls a person who handled alerts by a pseudonym, and deletes what they said. Returns how many alerts. */
  forgetHandler(name: string, pseudonym: string): number {
    const changed = this.#table.forgetHandler(name, pseudonym);
    for (const alert of changed.filter(({ state }) => state === 'open'))
      this.#open.set(nameOf(alert.site, alert), alert);
    return changed.length;
  }

  /** Deletes alerts that were cleared more than 400 days ago. */
  prune(now: number): void {
    this.#table.prune(now - ALERT_LIFE_MS);
  }

  #known(id: string): Alert {
    const alert = this.#table.get(id);
    if (alert !== undefined) return alert;
    throw new CampusError('not_found', `expected the id of an alert, got ${JSON.stringify(id.slice(0, 80))}`);
  }

  #setNote(id: string, about: keyof AlertNotes, note: string | undefined): void {
    if (note !== undefined && note !== '') this.#table.setNote(id, about, boundedText(note, textBounds.detail));
  }

  #raise(request: RaiseRequest, site: string, now: number): AlertOutcome {
    const { device, rule, subject } = request;
    if (!this.#options.knows(site, device)) {
      throw new CampusError(
        'not_found',
        `expected a device of site ${site} that has reported and still may, got ${device}`,
      );
    }
    if (this.#open.size >= OPEN_ALERTS_MAX) {
      throw new CampusError(
        'rate_limited',
        `expected at most ${OPEN_ALERTS_MAX} open alerts, got one more: clear some first`,
      );
    }
    const id = alertId(now, this.#options.random(16));
    const alert: Alert = {
      ...{ id, site, device, rule, subject, state: 'open', ...factsOf(request) },
      raised_at: seenAt(request.at, now),
      updated_at: now,
    };
    return this.#store(alert);
  }

  #update(open: Alert, request: RaiseRequest, now: number): AlertOutcome {
    // The one fact that a request may leave out must not stay from before.
    const { sub_class: _before, ...kept } = open;
    const updated: Alert = { ...kept, ...factsOf(request), updated_at: now };
    if (isDeepStrictEqual({ ...updated, updated_at: open.updated_at }, open)) return { alert: open, changed: false };
    return this.#store(updated);
  }

  #clear(open: Alert, at: number, now: number): AlertOutcome {
    const cleared_at = Math.max(open.raised_at, seenAt(at, now));
    return this.#store({ ...open, state: 'cleared', cleared_at, updated_at: now });
  }

  #store(alert: Alert): AlertOutcome {
    this.#table.save(alert);
    const name = nameOf(alert.site, alert);
    if (alert.state === 'open') this.#open.set(name, alert);
    else this.#open.delete(name);
    for (const listener of this.#listeners) listener(alert);
    return { alert, changed: true };
  }
}

function expectOpen({ id, state }: Alert): void {
  if (state === 'cleared')
    throw new CampusError('state_conflict', `expected an open alert, got ${id}, which is cleared`);
}

/** What a request tells about its alert. */
function factsOf({
  class: eventClass,
  sub_class,
  level,
  summary,
  evidence,
}: RaiseRequest): Pick<Alert, 'class' | 'sub_class' | 'level' | 'summary' | 'evidence'> {
  return { class: eventClass, ...(sub_class === undefined ? {} : { sub_class }), level, summary, evidence };
}

/** When a condition was seen by the sender's clock, which may neither be ahead nor far behind. */
function seenAt(at: number, now: number): number {
  return Math.min(now, Math.max(at, now - BACKDATE_MS));
}

function nameOf(site: string, { rule, device, subject }: { rule: string; device: string; subject: string }): string {
  // Ids hold no slash, so only the subject at the end may.
  return `${site}/${rule}/${device}/${subject}`;
}
