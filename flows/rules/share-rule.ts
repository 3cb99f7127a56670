import type { Alert, AlertEvidence, AlertRequest } from '../../contract/alert.ts';
import type { DeviceState } from '../../contract/state.ts';
import type { Metric } from '../../contract/telemetry.ts';
import { initialCondition, MAX_AGE_MS } from './condition.ts';
import { KeyedStates, STATES_PER_RULE } from './keyed-states.ts';
import { shareSummary } from './kind-texts.ts';
import type { Moment } from './moment.ts';
import { passesFilter } from './point-filter.ts';
import type { Rule, RuleSummary } from './rule.ts';
import { type GroupState, isBad, type Member, type ShareAlert, type ShareSettings, stepGroup } from './share.ts';
import { type Heard, stateAsHeard, subjectOf } from './watch.ts';

/** Groups that one rule counts: a site has fewer networks, grades or buildings. */
const GROUPS_MAX = 200;

/** One share rule: counts in each group of devices how many are bad. */
export class ShareRule implements Rule {
  readonly #settings: ShareSettings;
  readonly #groups = new KeyedStates<GroupState>(GROUPS_MAX);
  readonly #members = new Map<string, Map<string, Member>>();

  constructor(settings: ShareSettings) {
    this.#settings = settings;
  }

  /** Takes one message of a device. One in which no point is of the kind that counts takes the device out. */
  telemetry(device: string, telemetry: Heard, now: Moment): AlertRequest[] {
    const { node, filter } = this.#settings;
    if (telemetry.replayed === true || !node.enabled) return [];
    const points = telemetry.metrics.filter(
      ({ name, timestamp }) => name === node.measurement && timestamp >= now.wall - MAX_AGE_MS,
    );
    if (points.length === 0) return [];
    const counted = points.filter((point) => passesFilter(point, filter));
    if (counted.length === 0) this.forget(device);
    const verdicts = new Map<string, boolean>();
    for (const point of counted) {
      const bad = this.#verdict(point);
      const subject = subjectOf(point, this.#settings);
      if (bad !== undefined) verdicts.set(subject, bad || verdicts.get(subject) === true);
    }
    for (const [subject, bad] of verdicts) this.#note(subject, device, { bad, at: now.steady });
    return [];
  }

  state(device: string, state: DeviceState, now: Moment): AlertRequest[] {
    return this.telemetry(device, stateAsHeard(state, now), now);
  }

  opened({ device, subject }: Alert, now: Moment): AlertRequest[] {
    if (!this.#settings.node.enabled) return [this.#request(subject, device, { action: 'clear' }, now)];
    const state = this.#groups.get(subject) ?? { ...initialCondition, filedUnder: null };
    this.#groups.touch(subject, { ...state, open: true, filedUnder: device, valueAt: state.valueAt ?? now.steady });
    return [];
  }

  gone({ device, subject }: Alert, now: Moment): AlertRequest[] {
    const state = this.#groups.get(subject);
    if (state?.filedUnder !== device) return [];
    // Should the condition still hold, its duration counts anew from here.
    const pastSince = state.pastSince === null ? null : now.steady;
    this.#groups.replace(subject, { ...state, open: false, filedUnder: null, pastSince });
    return [];
  }

  closed(alert: Alert, now: Moment): AlertRequest[] {
    return this.gone(alert, now);
  }

  forget(device: string): void {
    for (const members of this.#members.values()) members.delete(device);
  }

  tick(now: Moment): AlertRequest[] {
    const requests: AlertRequest[] = [];
    for (const [subject, state] of this.#groups.entries()) {
      const members = this.#members.get(subject) ?? new Map<string, Member>();
      const result = stepGroup(state, { subject, members }, this.#settings, now);
      this.#groups.replace(subject, result.state);
      const filedUnder = result.state.filedUnder;
      if (filedUnder === null) continue;
      requests.push(...result.alerts.map((alert) => this.#request(subject, filedUnder, alert, now)));
    }
    return requests;
  }

  summary(): RuleSummary {
    let watched = 0;
    for (const members of this.#members.values()) watched += members.size;
    return { enabled: this.#settings.node.enabled, watched, open: this.#groups.openCount };
  }

  #verdict(point: Metric): boolean | undefined {
    const { field } = this.#settings.node;
    const value = Object.hasOwn(point.fields, field) ? point.fields[field] : undefined;
    return value === undefined ? undefined : isBad(value, this.#settings);
  }

  #note(subject: string, device: string, member: Member): void {
    if (this.#groups.get(subject) === undefined) {
      if (this.#groups.size >= GROUPS_MAX) return;
      this.#groups.touch(subject, { ...initialCondition, filedUnder: null });
    }
    const members = this.#members.get(subject) ?? new Map<string, Member>();
    this.#members.set(subject, members);
    if (members.size < STATES_PER_RULE || members.has(device)) members.set(device, member);
  }

  #request(subject: string, device: string, alert: ShareAlert, now: Moment): AlertRequest {
    const { node } = this.#settings;
    const evidence: AlertEvidence = {
      ...{ measurement: node.measurement, field: node.field, value_is: 'share', threshold: node.raise },
      ...(alert.value === undefined ? {} : { value: alert.value }),
    };
    const about = { rule: node.rule, device, subject, at: now.wall };
    if (alert.action === 'clear') return { action: 'clear', ...about, evidence };
    return {
      ...{ action: 'raise', ...about, class: node.class, level: node.level },
      ...(node.sub_class === '' ? {} : { sub_class: node.sub_class }),
      summary: shareSummary(this.#settings, alert),
      evidence: { ...evidence, for_seconds: alert.heldSeconds },
    };
  }
}
