import { limits } from '../../contract/limits.ts';
import type { Bulletin } from '../link/bulletin.ts';
import type { Incoming } from '../link/incoming.ts';
import type { FlowMessage, NodeRedApi } from '../node-red.ts';
import { parseNode } from '../rules/rule-settings.ts';
import { type Static, Type } from '../typebox.ts';
import { connectionStatus } from './connection-status.ts';
import { flowMessage, heardMessage, ruleMessage } from './flow-message.ts';
import { HeardFilter } from './heard-filter.ts';
import { readSettings } from './node-settings.ts';
import type { RuleMessage } from './rule-inputs.ts';

/** A `campus-in` node as it lies in a flow file. */
const InNode = Type.Object({
  channel: Type.Union(
    (['telemetry', 'heard', 'state', 'event', 'alerts'] as const).map((channel) => Type.Literal(channel)),
    { default: 'telemetry' },
  ),
  measurement: Type.String({ maxLength: limits.nameChars, default: '' }),
});

/** Registers `campus-in`: what devices say and which alerts there are, checked against the contract. */
export function registerIn(RED: NodeRedApi): void {
  RED.nodes.registerType('campus-in', function (definition) {
    RED.nodes.createNode(this, definition);
    const settings = readSettings(this, () => parseNode(InNode, definition));
    if (settings === undefined) return;
    const { clock, link, ruleInputs } = RED.settings.campusEdge;
    const { bulletin } = link;
    const send: Send = (forRules, forOthers) => {
      if (ruleInputs.offer(this.wires.flat(), forRules)) return;
      const message = forOthers();
      if (message !== undefined) this.send(message);
    };
    const stopMessages = listen(bulletin, settings, { send, heard: new HeardFilter(() => clock().steady) });
    const stopStatus = bulletin.onConnection((isUp) => this.status(connectionStatus(isUp)));
    this.on('close', () => {
      stopMessages();
      stopStatus();
    });
  });
}

/** Sends a message: as it is to rules alone, as one of Node-RED's where anything else listens. */
type Send = (forRules: () => RuleMessage | undefined, forOthers: () => FlowMessage | undefined) => void;

/** Begins to listen as the settings say; call what is returned to stop. */
function listen(
  bulletin: Bulletin,
  { channel, measurement }: Static<typeof InNode>,
  { send, heard }: { send: Send; heard: HeardFilter },
): () => void {
  const pass = (incoming: Incoming, only: string): void =>
    send(
      () => ruleMessage(incoming, only),
      () => flowMessage(incoming, only),
    );
  if (channel === 'telemetry') return bulletin.onTelemetry(measurement, (incoming) => pass(incoming, measurement));
  if (channel !== 'heard') return bulletin.onMessage(channel, (incoming) => pass(incoming, ''));
  return bulletin.onTelemetry(undefined, (incoming) => {
    if (!heard.isNews(incoming)) return;
    const { device, payload } = incoming;
    send(
      () => ({ channel, device, payload: { replayed: payload.replayed === true } }),
      () => heardMessage(incoming),
    );
  });
}
