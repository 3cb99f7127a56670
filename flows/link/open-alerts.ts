import type { Alert } from '../../contract/alert.ts';

/** Something that happened to the gateway's open alerts, as far as this process has heard. `closed`: a person has said that it is over. */
export type AlertChange = { kind: 'opened' | 'closed' | 'gone'; alert: Alert };

/** Alerts kept; the rules' own bound is what limits them in practice. */
const MAX_ALERTS = 100_000;

/** The gateway's open alerts, learned from its retained messages. */
export class OpenAlerts {
  readonly #alerts = new Map<string, Alert>();
  /** Alerts known from before the present connection that it has not confirmed yet. */
  readonly #unconfirmed = new Set<string>();

  /** A connection begins: the gateway is about to send its open alerts again. */
  reconnected(): void {
    for (const id of this.#alerts.keys()) this.#unconfirmed.add(id);
  }

  /** The gateway has sent all it had: what it did not confirm was removed in the meantime. */
  settled(): AlertChange[] {
    const removed = [...this.#unconfirmed];
    this.#unconfirmed.clear();
    return removed.flatMap((id) => this.#remove(id));
  }

  /** Takes a message on an alert's topic; `alert` is undefined when the retained one was removed. */
  message(id: string, alert: Alert | undefined): AlertChange[] {
    this.#unconfirmed.delete(id);
    if (alert === undefined || alert.state === 'cleared') {
      return this.#remove(id, alert?.closed_by === undefined ? 'gone' : 'closed');
    }
    if (!this.#alerts.has(id) && this.#alerts.size >= MAX_ALERTS) return [];
    this.#alerts.set(id, alert);
    return [{ kind: 'opened', alert }];
  }

  /** Every alert that is open at present. */
  open(): IterableIterator<Alert> {
    return this.#alerts.values();
  }

  #remove(id: string, kind: 'closed' | 'gone' = 'gone'): AlertChange[] {
    const alert = this.#alerts.get(id);
    this.#alerts.delete(id);
    return alert === undefined ? [] : [{ kind, alert }];
  }
}
