import { AlertRequest } from '../../contract/alert.ts';
import { Id } from '../../contract/ids.ts';
import { DeviceState } from '../../contract/state.ts';
import { type Metric, Telemetry } from '../../contract/telemetry.ts';
import type { Incoming, IncomingTelemetry } from '../link/incoming.ts';
import type { FlowMessage } from '../node-red.ts';
import { Compile, type Static, Type } from '../typebox.ts';
import type { RuleMessage } from './rule-inputs.ts';

/** Messages as `campus-in` sends them. Other nodes may have changed them on the way, so whoever needs their shape checks it. */
const TelemetryMessage = Type.Object({ channel: Type.Literal('telemetry'), device: Id, payload: Telemetry });
const HeardMessage = Type.Object({
  channel: Type.Literal('heard'),
  device: Id,
  payload: Type.Object({ replayed: Type.Boolean() }),
});
const StateMessage = Type.Object({ channel: Type.Literal('state'), device: Id, payload: DeviceState });
const RequestMessage = Type.Object({ payload: AlertRequest });

const telemetryMessage = Compile(TelemetryMessage);
const heardMessageShape = Compile(HeardMessage);
const stateMessage = Compile(StateMessage);
const requestMessage = Compile(RequestMessage);

/** Whether a message is one that rules take. */
export function isRuleMessage(message: unknown): message is RuleMessage {
  return telemetryMessage.Check(message) || stateMessage.Check(message) || heardMessageShape.Check(message);
}

export function isRequestMessage(message: unknown): message is Static<typeof RequestMessage> {
  return requestMessage.Check(message);
}

/**
 * What `campus-in` sends for a message of the gateway: a copy, because the nodes behind it may change theirs.
 * @param measurement of telemetry, only the points of this measurement; empty for all
 * @returns undefined when there is nothing to send
 */
export function flowMessage(message: Incoming, measurement: string): FlowMessage | undefined {
  const { channel, topic, site } = message;
  if (message.channel === 'alerts') {
    const { payload } = message;
    return payload === undefined
      ? undefined
      : { channel, topic, site, device: payload.device, payload: structuredClone(payload) };
  }
  const { device } = message;
  if (message.payload === undefined) return undefined;
  if (message.channel !== 'telemetry')
    return { channel, topic, site, device, payload: structuredClone(message.payload) };
  const metrics = copyMetrics(message.payload.metrics, measurement);
  return metrics.length === 0 ? undefined : { channel, topic, site, device, payload: { ...message.payload, metrics } };
}

/** What `campus-in` sends of telemetry to those who only want to know who was heard. */
export function heardMessage({ topic, site, device, payload }: IncomingTelemetry): FlowMessage {
  return { channel: 'heard', topic, site, device, payload: { replayed: payload.replayed === true } };
}

/** The same as a rule takes it: not copied, since rules change nothing. */
export function ruleMessage(message: Incoming, measurement: string): RuleMessage | undefined {
  if (message.channel === 'state') {
    const { channel, device, payload } = message;
    return payload === undefined ? undefined : { channel, device, payload };
  }
  if (message.channel !== 'telemetry') return undefined;
  const { channel, device, payload } = message;
  const metrics = measurement === '' ? payload.metrics : payload.metrics.filter(({ name }) => name === measurement);
  return metrics.length === 0 ? undefined : { channel, device, payload: { ...payload, metrics } };
}

/** Copies metrics by their known shape: on the way of every sample, where a general deep copy costs ten times as much. */
function copyMetrics(metrics: readonly Metric[], measurement: string): Metric[] {
  const copies: Metric[] = [];
  for (const { name, tags, fields, timestamp } of metrics) {
    if (measurement !== '' && name !== measurement) continue;
    copies.push({ name, tags: { ...tags }, fields: { ...fields }, timestamp });
  }
  return copies;
}
