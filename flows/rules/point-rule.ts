import type { Alert, AlertEvidence, AlertRequest } from '../../contract/alert.ts';
import type { DeviceState } from '../../contract/state.ts';
import { type Condition, MAX_AGE_MS } from './condition.ts';
import { KeyedStates, STATES_PER_RULE, splitStateKey, stateKey } from './keyed-states.ts';
import type { Memory } from './memory.ts';
import type { Moment } from './moment.ts';
import { passesFilter } from './point-filter.ts';
import { type Facts, type PointAlert, type PointInput, type PointKind, stepPoint } from './point-kind.ts';
import type { Rule, RuleSummary } from './rule.ts';
import { type Heard, stateAsHeard, subjectOf, type Watch } from './watch.ts';

/** One rule over values of all devices: finds the points it watches and gives each to the state of its subject. */
export class PointRule<S extends Condition, M, F extends Facts> implements Rule {
  readonly #watch: Watch;
  readonly #kind: PointKind<S, M, F>;
  readonly #memory: Memory<M>;
  readonly #states: KeyedStates<S>;
  /** When a device last sent the measurement, steady ms; as many devices as there may be states. */
  readonly #reports = new Map<string, number>();

  constructor(watch: Watch, kind: PointKind<S, M, F>, memory: Memory<M>) {
    this.#watch = watch;
    this.#kind = kind;
    this.#memory = memory;
    this.#states = new KeyedStates<S>(kind.statesMax ?? STATES_PER_RULE);
  }

  /** Takes one message of a device. Messages kept through an outage say nothing about the present. */
  telemetry(device: string, telemetry: Heard, now: Moment): AlertRequest[] {
    const { node, filter } = this.#watch;
    if (telemetry.replayed === true || !node.enabled) return [];
    const requests: AlertRequest[] = [];
    for (const metric of telemetry.metrics) {
      if (metric.name !== node.measurement || metric.timestamp < now.wall - MAX_AGE_MS) continue;
      this.#reported(device, now);
      const value = Object.hasOwn(metric.fields, node.field) ? metric.fields[node.field] : undefined;
      if (value === undefined || !this.#kind.accepts(value) || !passesFilter(metric, filter)) continue;
      const key = stateKey(device, subjectOf(metric, this.#watch));
      requests.push(...this.#step(key, { kind: 'sample', value, time: metric.timestamp }, now));
    }
    return requests;
  }

  /** A state of a device is watched like a measurement. */
  state(device: string, state: DeviceState, now: Moment): AlertRequest[] {
    return this.telemetry(device, stateAsHeard(state, now), now);
  }

  /** Lets time go by; to be called every second. */
  tick(now: Moment): AlertRequest[] {
    const requests: AlertRequest[] = [];
    for (const [key, state] of this.#states.entries()) {
      // Time alone changes only what lasts: an open alert, or a condition that holds.
      if (!state.open && state.pastSince === null) continue;
      const reportedAt = this.#reports.get(splitStateKey(key).device);
      const reporting = reportedAt !== undefined && now.steady - reportedAt <= MAX_AGE_MS;
      const result = stepPoint(this.#kind, state, { kind: 'tick', reporting }, now);
      if (result.state === state) continue;
      this.#states.replace(key, result.state);
      requests.push(...result.alerts.map((alert) => this.#request(key, alert, now)));
    }
    return requests;
  }

  /** The gateway has this alert of the rule open. A rule that is switched off clears what it raised before. */
  opened({ device, subject, evidence }: Alert, now: Moment): AlertRequest[] {
    const key = stateKey(device, subject);
    if (!this.#watch.node.enabled) {
      const { threshold } = evidence;
      return [this.#request(key, { action: 'clear', ...(threshold === undefined ? {} : { threshold }) }, now)];
    }
    return this.#step(key, { kind: 'open', threshold: evidence.threshold }, now);
  }

  /** The gateway has this alert of the rule open no longer. */
  gone({ device, subject }: Alert, now: Moment): AlertRequest[] {
    const key = stateKey(device, subject);
    return this.#states.get(key) === undefined ? [] : this.#step(key, { kind: 'gone' }, now);
  }

  /** A person has closed this alert of the rule: what the rule was armed with or took for normal is forgotten. */
  closed({ device, subject }: Alert, now: Moment): AlertRequest[] {
    return this.#step(stateKey(device, subject), { kind: 'closed' }, now);
  }

  forget(device: string): void {
    const ofDevice = (key: string): boolean => splitStateKey(key).device === device;
    for (const [key] of [...this.#states.entries()].filter(([key]) => ofDevice(key))) this.#states.delete(key);
    for (const [key] of [...this.#memory.entries()].filter(([key]) => ofDevice(key))) this.#memory.delete(key);
    this.#reports.delete(device);
  }

  summary(): RuleSummary {
    return { enabled: this.#watch.node.enabled, watched: this.#states.size, open: this.#states.openCount };
  }

  #reported(device: string, now: Moment): void {
    if (!this.#reports.has(device) && this.#reports.size >= STATES_PER_RULE) {
      const [oldest] = this.#reports.keys();
      if (oldest !== undefined) this.#reports.delete(oldest);
    }
    this.#reports.set(device, now.steady);
  }

  #step(key: string, input: PointInput, now: Moment): AlertRequest[] {
    const before = this.#states.get(key) ?? this.#kind.recalled(this.#memory.get(key));
    const { state, alerts } = stepPoint(this.#kind, before, input, now);
    this.#states.touch(key, state);
    const memory = this.#kind.memoryOf(state);
    if (memory !== this.#kind.memoryOf(before)) {
      if (memory === undefined) this.#memory.delete(key);
      else this.#memory.set(key, memory);
    }
    return alerts.map((alert) => this.#request(key, alert, now));
  }

  #request(key: string, alert: PointAlert<F>, now: Moment): AlertRequest {
    const { node } = this.#watch;
    const { device, subject } = splitStateKey(key);
    const evidence: AlertEvidence = {
      measurement: node.measurement,
      field: node.field,
      ...(this.#kind.valueIs === undefined ? {} : { value_is: this.#kind.valueIs }),
      ...(alert.value === undefined ? {} : { value: evidenceValue(alert.value) }),
      ...(alert.threshold === undefined ? {} : { threshold: alert.threshold }),
      ...(alert.expected === undefined ? {} : { expected: evidenceValue(alert.expected) }),
      ...(alert.window_seconds === undefined ? {} : { window_seconds: alert.window_seconds }),
    };
    const about = { rule: node.rule, device, subject, at: now.wall };
    if (alert.action === 'clear') return { action: 'clear', ...about, evidence };
    return {
      action: 'raise',
      ...about,
      class: node.class,
      ...(node.sub_class === '' ? {} : { sub_class: node.sub_class }),
      level: node.level,
      summary: this.#kind.summary({ device, subject }, alert),
      evidence: { ...evidence, for_seconds: alert.heldSeconds },
    };
  }
}

/** A text that is longer than evidence may be is cut. */
function evidenceValue<V extends string | number | boolean>(value: V): V | string {
  return typeof value === 'string' ? value.slice(0, 256) : value;
}
