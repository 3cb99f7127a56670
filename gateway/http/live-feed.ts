import type { Alert } from '../../contract/alert.ts';
import type { Point } from '../store/store.ts';
import type { CommandView } from './command-view.ts';
import type { DeviceView } from './device-view.ts';

/** What happens right now, for those who watch. */
export type LiveEvent =
  | { type: 'telemetry'; site: string; device: string; points: readonly Point[] }
  | { type: 'alert'; alert: Alert }
  | { type: 'device'; device: DeviceView }
  | { type: 'command'; command: CommandView }
  /** The list of devices that wait to be let in has changed; who may see it reads it. */
  | { type: 'join-requests' };

export type LiveListener = (event: LiveEvent) => void;

/** Passes events on to whoever listens at that moment. Keeps nothing. */
export class LiveFeed {
  readonly #listeners = new Set<LiveListener>();

  /** False while publishing is of no use: then do not even build the event. */
  get hasListeners(): boolean {
    return this.#listeners.size > 0;
  }

  publish(event: LiveEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Returns how to stop listening. */
  subscribe(listener: LiveListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
