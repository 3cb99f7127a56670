import { Compile } from '#typebox/compile';
import { Alert } from '../../contract/alert.ts';
import { DeviceEvent } from '../../contract/event.ts';
import { decodePayload, isRejection, type Rejection } from '../../contract/payload.ts';
import { DeviceState } from '../../contract/state.ts';
import { parseTopic } from '../../contract/topics.ts';
import { type HeardTelemetry, takeTelemetry } from './telemetry-intake.ts';

/** A message of the contract, checked. `topic` as received. */
export type Incoming =
  | { channel: 'telemetry'; topic: string; site: string; device: string; payload: HeardTelemetry }
  /** Without a payload when the device was removed, and its retained state with it. */
  | { channel: 'state'; topic: string; site: string; device: string; payload: DeviceState | undefined }
  | { channel: 'event'; topic: string; site: string; device: string; payload: DeviceEvent }
  /** Without a payload when the alert's retained message was removed. */
  | { channel: 'alerts'; topic: string; site: string; id: string; payload: Alert | undefined };

export type IncomingChannel = Incoming['channel'];
export type IncomingTelemetry = Extract<Incoming, { channel: 'telemetry' }>;

const validators = { state: Compile(DeviceState), event: Compile(DeviceEvent), alert: Compile(Alert) };

/**
 * Checks one message against the contract.
 * @param wants whether some node listens for the points of a measurement
 * @param now wall clock, ms
 * @returns the message; the reason to refuse it; or undefined for a topic that flows have no business with. Never throws.
 */
export function parseIncoming(
  topic: string,
  payload: Uint8Array,
  { wants, now }: { wants: (measurement: string) => boolean; now: number },
): Incoming | Rejection | undefined {
  const parsed = parseTopic(topic);
  if (parsed?.kind === 'alert') {
    const about = { channel: 'alerts', topic, site: parsed.site, id: parsed.id } as const;
    if (payload.byteLength === 0) return { ...about, payload: undefined };
    const alert = decodePayload(payload, validators.alert);
    return isRejection(alert) ? alert : { ...about, payload: alert.value };
  }
  if (parsed?.kind !== 'channel') return undefined;
  const { site, device, channel } = parsed;
  if (payload.byteLength === 0)
    return channel === 'state' ? { channel, topic, site, device, payload: undefined } : undefined;
  if (channel === 'telemetry') {
    const telemetry = takeTelemetry(payload, wants, now);
    return isRejection(telemetry) ? telemetry : { channel, topic, site, device, payload: telemetry };
  }
  if (channel === 'state') {
    const state = decodePayload(payload, validators.state);
    return isRejection(state) ? state : { channel, topic, site, device, payload: state.value };
  }
  if (channel === 'event') {
    const event = decodePayload(payload, validators.event);
    return isRejection(event) ? event : { channel, topic, site, device, payload: event.value };
  }
  return undefined;
}
