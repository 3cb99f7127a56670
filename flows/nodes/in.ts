import { Type } from 'typebox';
import { limits } from '../../contract/limits.ts';
import type { NodeRedApi } from '../node-red.ts';
import { parseNode } from '../rules/rule-settings.ts';
import { connectionStatus } from './connection-status.ts';
import { flowMessage } from './flow-message.ts';
import { readSettings } from './node-settings.ts';

/** A `campus-in` node as it lies in a flow file. */
const InNode = Type.Object({
  channel: Type.Union(
    (['telemetry', 'state', 'event', 'alerts'] as const).map((channel) => Type.Literal(channel)),
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
    const { bulletin } = RED.settings.campusEdge.link;
    const stopMessages = bulletin.onMessage(settings.channel, (incoming) => {
      const message = flowMessage(incoming, settings.measurement);
      if (message !== undefined) this.send(message);
    });
    const stopStatus = bulletin.onConnection((isUp) => this.status(connectionStatus(isUp)));
    this.on('close', () => {
      stopMessages();
      stopStatus();
    });
  });
}
