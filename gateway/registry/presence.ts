import type { DeviceState } from '../../contract/state.ts';

/** A device that never publishes its state, such as a Telegraf, counts as online for this long after its last message. */
export const SILENCE_MS = 5 * 60 * 1000;

export interface Presence {
  /** The state the device itself published last, if it ever did. */
  state: DeviceState | undefined;
  /** Its open MQTT connections. */
  connections: number;
  /** ms */
  lastSeen: number;
}

/** Whether a device counts as online: as its own state says; without one, while it is connected or has reported lately. */
export function isPresent(presence: Presence, now: number): boolean {
  if (presence.state !== undefined) return presence.state.online;
  return presence.connections > 0 || now - presence.lastSeen < SILENCE_MS;
}
