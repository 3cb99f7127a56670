import type { NodeRedApi } from '../node-red.ts';

/** Registers `campus-gateway`: stands in a flow for the one connection of this process, whose address and credentials no flow file holds. */
export function registerGateway(RED: NodeRedApi): void {
  RED.nodes.registerType('campus-gateway', function (definition) {
    RED.nodes.createNode(this, definition);
  });
}
