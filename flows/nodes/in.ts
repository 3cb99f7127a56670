import { type Static, Type } from '#typebox';
import { limits } from '../../contract/limits.ts';
import type { Bulletin } from '../link/bulletin.ts';
import type { FlowMessage, NodeRedApi } from '../node-red.ts';
import { parseNode } from '../rules/rule-settings.ts';
import { connectionStatus } from './connection-status.ts';
import { flowMessage, heardMessage } from './flow-message.ts';
import { HeardFilter } from './heard-filter.ts';
import { readSettings } from './node-settings.ts';

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
    const { clock, link } = RED.settings.campusEdge;
    const { bulletin } = link;
    const send = (message: FlowMessage | undefined): void => {
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

/** Begins to listen as the settings say; call what is returned to stop. */
function listen(
  bulletin: Bulletin,
  { channel, measurement }: Static<typeof InNode>,
  { send, heard }: { send: (message: FlowMessage | undefined) => void; heard: HeardFilter },
): () => void {
  if (channel === 'telemetry') {
    return bulletin.onTelemetry(measurement, (incoming) => send(flowMessage(incoming, measurement)));
  }
  if (channel !== 'heard') return bulletin.onMessage(channel, (incoming) => send(flowMessage(incoming, '')));
  return bulletin.onTelemetry(undefined, (incoming) => {
    if (heard.isNews(incoming)) send(heardMessage(incoming));
  });
}
