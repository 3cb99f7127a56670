import type { NodeStatus } from '../node-red.ts';

/** How a node shows whether the gateway is connected; the texts are Node-RED's own, translated by its editor. */
export function connectionStatus(isUp: boolean): NodeStatus {
  return isUp
    ? { fill: 'green', shape: 'dot', text: 'node-red:common.status.connected' }
    : { fill: 'yellow', shape: 'ring', text: 'node-red:common.status.connecting' };
}
