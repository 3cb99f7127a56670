import { CampusError } from '../../contract/errors.ts';
import type { FlowNode } from '../node-red.ts';

/** Reads a node's settings. When they do not read, the node says so and does nothing, and undefined is returned. */
export function readSettings<T>(node: FlowNode, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof CampusError)) throw error;
    node.error(error.message);
    node.status({ fill: 'red', shape: 'ring', text: error.message });
    return undefined;
  }
}
