import { Audience } from './audience.ts';
import type { Incoming, IncomingChannel, IncomingTelemetry } from './incoming.ts';
import { type AlertChange, OpenAlerts } from './open-alerts.ts';

/** Devices whose last state is remembered for nodes that are deployed later: more than a site has. */
const MAX_STATES = 10_000;

/** Hands what the gateway sends to the nodes, and tells a node that comes late what the others know already. */
export class Bulletin {
  readonly #messages = {
    telemetry: new Audience<Incoming>(),
    state: new Audience<Incoming>(),
    event: new Audience<Incoming>(),
    alerts: new Audience<Incoming>(),
  } satisfies Record<IncomingChannel, Audience<Incoming>>;
  /** How many listeners want the points of a measurement. */
  readonly #wanted = new Map<string, number>();
  readonly #alertChanges = new Audience<AlertChange>();
  readonly #connections = new Audience<boolean>();
  readonly #removals = new Audience<string>();
  readonly #openAlerts = new OpenAlerts();
  readonly #states = new Map<string, Incoming>();
  #isUp = false;

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Calls `listener` with every message of a channel; call what is returned to stop. */
  onMessage(channel: Exclude<IncomingChannel, 'telemetry'>, listener: (message: Incoming) => void): () => void {
    return this.#messages[channel].add(listener);
  }

  /**
   * Calls `listener` with every telemetry message; call what is returned to stop. Its points are those that some listener wants.
   * @param measurement the one whose points it wants; '' for all, undefined for none
   */
  onTelemetry(measurement: string | undefined, listener: (message: IncomingTelemetry) => void): () => void {
    const remove = this.#messages.telemetry.add((message) => {
      if (message.channel === 'telemetry') listener(message);
    });
    if (measurement === undefined) return remove;
    this.#wanted.set(measurement, (this.#wanted.get(measurement) ?? 0) + 1);
    return () => {
      remove();
      const left = (this.#wanted.get(measurement) ?? 0) - 1;
      if (left > 0) this.#wanted.set(measurement, left);
      else this.#wanted.delete(measurement);
    };
  }

  /** Whether some listener wants the points of a measurement. */
  wants(measurement: string): boolean {
    return this.#wanted.has(measurement) || this.#wanted.has('');
  }

  /** Calls `listener` with every alert that is opened, changed or gone. */
  onAlertChange(listener: (change: AlertChange) => void): () => void {
    return this.#alertChanges.add(listener);
  }

  /** Calls `listener` with every device that the gateway has removed: nothing of it is to be remembered. */
  onRemoval(listener: (device: string) => void): () => void {
    return this.#removals.add(listener);
  }

  /** Calls `listener` when the connection comes up or goes down. */
  onConnection(listener: (isUp: boolean) => void): () => void {
    return this.#connections.add(listener);
  }

  /** Resolves when the connection is up for the first time from now. */
  firstUp(): Promise<void> {
    return new Promise((resolve) => {
      const remove = this.onConnection((isUp) => {
        if (!isUp) return;
        remove();
        resolve();
      });
    });
  }

  /** To be called when flows have been deployed: their new nodes are told the known states, open alerts and connection. */
  greet(): void {
    this.#messages.state.greet(this.#states.values());
    this.#alertChanges.greet(openedChanges(this.#openAlerts));
    this.#connections.greet([this.#isUp]);
    this.#removals.greet([]);
    for (const channel of ['telemetry', 'event', 'alerts'] as const) this.#messages[channel].greet([]);
  }

  message(message: Incoming): void {
    if (message.channel === 'state' && message.payload === undefined) {
      this.#states.delete(message.device);
      this.#removals.tell(message.device);
      return;
    }
    if (message.channel === 'alerts') this.#tellChanges(this.#openAlerts.message(message.id, message.payload));
    if (message.channel === 'state' && (this.#states.has(message.device) || this.#states.size < MAX_STATES)) {
      this.#states.set(message.device, message);
    }
    this.#messages[message.channel].tell(message);
  }

  /** The gateway is about to send its open alerts. */
  openAlertsFollow(): void {
    this.#openAlerts.reconnected();
  }

  /** It has sent them all. */
  openAlertsComplete(): void {
    this.#tellChanges(this.#openAlerts.settled());
  }

  connected(isUp: boolean): void {
    if (this.#isUp === isUp) return;
    this.#isUp = isUp;
    this.#connections.tell(isUp);
  }

  #tellChanges(changes: readonly AlertChange[]): void {
    for (const change of changes) this.#alertChanges.tell(change);
  }
}

function* openedChanges(openAlerts: OpenAlerts): Generator<AlertChange> {
  for (const alert of openAlerts.open()) yield { kind: 'opened', alert };
}
