import type { Alert, AlertEvidence, AlertRequest } from '../../contract/alert.ts';
import type { Metric, Telemetry } from '../../contract/telemetry.ts';
import { KeyedStates, STATES_PER_RULE, splitStateKey, stateKey } from './keyed-states.ts';
import type { Moment } from './moment.ts';
import { passesFilter } from './point-filter.ts';
import type { Rule, RuleSummary } from './rule.ts';
import { thresholdSummary } from './texts.ts';
import {
  initialThreshold,
  MAX_AGE_MS,
  step,
  type ThresholdAlert,
  type ThresholdInput,
  type ThresholdState,
} from './threshold.ts';
import type { ThresholdRuleSettings } from './threshold-settings.ts';

/** Armed levels that outlive the process, by state key. */
export interface ArmedLevels {
  get(key: string): number | undefined;
  set(key: string, level: number): void;
  delete(key: string): void;
  entries(): Iterable<[string, number]>;
}

/** One threshold rule over all devices: finds the points it watches and gives each to the state of its subject. */
export class ThresholdRule implements Rule {
  readonly #settings: ThresholdRuleSettings;
  readonly #armed: ArmedLevels;
  readonly #states = new KeyedStates<ThresholdState>(STATES_PER_RULE);
  /** When a device last sent the measurement, steady ms; as many devices as there may be states. */
  readonly #reports = new Map<string, number>();

  constructor(settings: ThresholdRuleSettings, armed: ArmedLevels) {
    this.#settings = settings;
    this.#armed = armed;
  }

  /** Takes one message of a device. Messages kept through an outage say nothing about the present. */
  telemetry(device: string, telemetry: Telemetry, now: Moment): AlertRequest[] {
    const { node, filter } = this.#settings;
    if (telemetry.replayed === true || !node.enabled) return [];
    const requests: AlertRequest[] = [];
    for (const metric of telemetry.metrics) {
      if (metric.name !== node.measurement || metric.timestamp < now.wall - MAX_AGE_MS) continue;
      this.#reported(device, now);
      const value = Object.hasOwn(metric.fields, node.field) ? metric.fields[node.field] : undefined;
      if (typeof value !== 'number' || !passesFilter(metric, filter)) continue;
      const key = stateKey(device, this.#subjectOf(metric));
      requests.push(...this.#step(key, { kind: 'sample', value, time: metric.timestamp }, now));
    }
    return requests;
  }

  /** Lets time go by; to be called every second. */
  tick(now: Moment): AlertRequest[] {
    const requests: AlertRequest[] = [];
    for (const [key, state] of this.#states.entries()) {
      const reportedAt = this.#reports.get(splitStateKey(key).device);
      const reporting = reportedAt !== undefined && now.steady - reportedAt <= MAX_AGE_MS;
      const result = step(state, { kind: 'tick', reporting }, this.#settings.threshold, now);
      if (result.state === state) continue;
      this.#states.replace(key, result.state);
      requests.push(...result.alerts.map((alert) => this.#request(key, alert, now)));
    }
    return requests;
  }

  /** The gateway has this alert of the rule open. A rule that is switched off clears what it raised before. */
  opened({ device, subject, evidence }: Alert, now: Moment): AlertRequest[] {
    const key = stateKey(device, subject);
    if (!this.#settings.node.enabled) {
      return [this.#request(key, { action: 'clear', value: undefined, threshold: evidence.threshold }, now)];
    }
    return this.#step(key, { kind: 'open', threshold: evidence.threshold }, now);
  }

  /** The gateway has this alert of the rule open no longer. */
  gone({ device, subject }: Alert, now: Moment): AlertRequest[] {
    const key = stateKey(device, subject);
    return this.#states.get(key) === undefined ? [] : this.#step(key, { kind: 'gone' }, now);
  }

  /** A person has closed this alert of the rule. An armed rule forgets the level; another comes back when its condition goes on. */
  closed({ device, subject }: Alert, now: Moment): AlertRequest[] {
    const key = stateKey(device, subject);
    this.#armed.delete(key);
    return this.#step(key, { kind: 'closed' }, now);
  }

  forget(device: string): void {
    const ofDevice = (key: string): boolean => splitStateKey(key).device === device;
    for (const [key] of [...this.#states.entries()].filter(([key]) => ofDevice(key))) this.#states.delete(key);
    for (const [key] of [...this.#armed.entries()].filter(([key]) => ofDevice(key))) this.#armed.delete(key);
    this.#reports.delete(device);
  }

  summary(): RuleSummary {
    let open = 0;
    for (const [, state] of this.#states.entries()) if (state.open) open += 1;
    return { enabled: this.#settings.node.enabled, watched: this.#states.size, open };
  }

  #subjectOf(metric: Metric): string {
    const { subject_tag: tag } = this.#settings.node;
    return tag !== '' && Object.hasOwn(metric.tags, tag) ? (metric.tags[tag] ?? '') : '';
  }

  #reported(device: string, now: Moment): void {
    if (!this.#reports.has(device) && this.#reports.size >= STATES_PER_RULE) {
      const [oldest] = this.#reports.keys();
      if (oldest !== undefined) this.#reports.delete(oldest);
    }
    this.#reports.set(device, now.steady);
  }

  #step(key: string, input: ThresholdInput, now: Moment): AlertRequest[] {
    const before = this.#states.get(key) ?? initialThreshold(this.#armed.get(key) ?? null);
    const { state, alerts } = step(before, input, this.#settings.threshold, now);
    this.#states.touch(key, state);
    if (state.armed !== null && state.armed !== before.armed) this.#armed.set(key, state.armed);
    return alerts.map((alert) => this.#request(key, alert, now));
  }

  #request(key: string, alert: ThresholdAlert, now: Moment): AlertRequest {
    const { node } = this.#settings;
    const { device, subject } = splitStateKey(key);
    const evidence: AlertEvidence = {
      measurement: node.measurement,
      field: node.field,
      ...(alert.value === undefined ? {} : { value: alert.value }),
      ...(alert.threshold === undefined ? {} : { threshold: alert.threshold }),
    };
    const about = { rule: node.rule, device, subject, at: now.wall };
    if (alert.action === 'clear') return { action: 'clear', ...about, evidence };
    return {
      action: 'raise',
      ...about,
      class: node.class,
      ...(node.sub_class === '' ? {} : { sub_class: node.sub_class }),
      level: node.level,
      summary: thresholdSummary(this.#settings, { device, subject, ...alert }),
      evidence: { ...evidence, for_seconds: alert.heldSeconds },
    };
  }
}
