import type { Alert, AlertRequest } from '../../contract/alert.ts';
import type { DeviceState } from '../../contract/state.ts';
import { type AbsenceAlert, type AbsenceInput, type AbsenceState, initialAbsence, step } from './absence.ts';
import { type AbsenceMemory, recall, remember } from './absence-memory.ts';
import { KeyedStates, STATES_PER_RULE } from './keyed-states.ts';
import type { Moment } from './moment.ts';
import type { Rule, RuleSummary } from './rule.ts';
import { type AbsenceNode, parseNode, AbsenceNode as Schema } from './rule-settings.ts';
import { absenceSummary } from './texts.ts';
import type { Heard } from './watch.ts';

/** Ticks come every second. After a gap this long, ms, the process stood still and heard nobody, so nobody was silent. */
const STOOD_STILL_MS = 5000;

/**
 * Reads an absence node from a flow file, with what the configuration says in place of the node.
 * @throws CampusError `config_invalid`
 */
export function parseAbsenceNode(definition: object, override: object = {}): AbsenceNode {
  return parseNode(Schema, { ...definition, ...override });
}

/** The rule "device offline" over all devices. */
export class AbsenceRule implements Rule {
  readonly #node: AbsenceNode;
  readonly #states = new KeyedStates<AbsenceState>(STATES_PER_RULE);
  readonly #memory: AbsenceMemory;
  #tickedAt: number | undefined;

  constructor(node: AbsenceNode, memory: AbsenceMemory) {
    this.#node = node;
    this.#memory = memory;
    if (!node.enabled) return;
    for (const [device, remembered] of memory.entries()) this.#states.touch(device, recall(remembered));
  }

  telemetry(device: string, { replayed }: Heard, now: Moment): AlertRequest[] {
    return this.heard(device, replayed === true, now);
  }

  heard(device: string, replayed: boolean, now: Moment): AlertRequest[] {
    return this.#step(device, { kind: 'heard', replayed }, now);
  }

  state(device: string, state: DeviceState, now: Moment): AlertRequest[] {
    return this.#step(device, { kind: 'state', state }, now);
  }

  opened({ device, subject }: Alert, now: Moment): AlertRequest[] {
    if (!this.#node.enabled) return [this.#request(device, subject, { action: 'clear' }, now)];
    return this.#step(device, { kind: 'open' }, now);
  }

  gone({ device }: Alert, now: Moment): AlertRequest[] {
    return this.#states.get(device) === undefined ? [] : this.#step(device, { kind: 'gone' }, now);
  }

  closed({ device }: Alert, now: Moment): AlertRequest[] {
    return this.#states.get(device) === undefined ? [] : this.#step(device, { kind: 'closed' }, now);
  }

  forget(device: string): void {
    this.#states.delete(device);
    this.#memory.delete(device);
  }

  tick(now: Moment): AlertRequest[] {
    if (this.#tickedAt !== undefined && now.steady - this.#tickedAt > STOOD_STILL_MS) this.resumed(now);
    this.#tickedAt = now.steady;
    const requests: AlertRequest[] = [];
    for (const [device, state] of this.#states.entries()) {
      const result = step(state, { kind: 'tick' }, this.#settings(), now);
      if (result.state === state) continue;
      this.#states.replace(device, result.state);
      requests.push(...result.alerts.map((alert) => this.#request(device, '', alert, now)));
    }
    return requests;
  }

  resumed(now: Moment): void {
    this.#tickedAt = now.steady;
    for (const [device, state] of this.#states.entries()) {
      this.#states.replace(device, step(state, { kind: 'resumed' }, this.#settings(), now).state);
    }
  }

  summary(): RuleSummary {
    return { enabled: this.#node.enabled, watched: this.#states.size, open: this.#states.openCount };
  }

  #settings(): { holdSeconds: number; timeoutSeconds: number } {
    return { holdSeconds: this.#node.hold_seconds, timeoutSeconds: this.#node.timeout_seconds };
  }

  #step(device: string, input: AbsenceInput, now: Moment): AlertRequest[] {
    if (!this.#node.enabled) return [];
    const { state, alerts } = step(this.#states.get(device) ?? initialAbsence, input, this.#settings(), now);
    this.#states.touch(device, state);
    remember(this.#memory, device, state);
    return alerts.map((alert) => this.#request(device, '', alert, now));
  }

  #request(device: string, subject: string, alert: AbsenceAlert, now: Moment): AlertRequest {
    const node = this.#node;
    const about = { rule: node.rule, device, subject, at: now.wall };
    if (alert.action === 'clear') return { action: 'clear', ...about, evidence: {} };
    return {
      action: 'raise',
      ...about,
      class: node.class,
      ...(node.sub_class === '' ? {} : { sub_class: node.sub_class }),
      level: node.level,
      summary: absenceSummary(device, alert),
      evidence: { for_seconds: alert.heldSeconds },
    };
  }
}
