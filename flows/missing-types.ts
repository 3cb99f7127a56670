import type { FlowEntry } from './flow-file.ts';
import type { FlowNode, NodeDefinition, NodeRedRuntime } from './node-red.ts';

/** Entries of a flow file that are no nodes. */
const STRUCTURE = new Set(['tab', 'subflow', 'group']);
const SUBFLOW = 'subflow:';

/** The types of nodes in a flow file that Node-RED does not have, each once. */
export function missingTypes(entries: readonly FlowEntry[], isKnown: (type: string) => boolean): string[] {
  const types = new Set(entries.map(({ type }) => type));
  return [...types].filter((type) => !STRUCTURE.has(type) && !type.startsWith(SUBFLOW) && !isKnown(type));
}

/** A flow file without the nodes that stand for a subflow which it does not hold. */
export function withoutOrphans(entries: readonly FlowEntry[]): FlowEntry[] {
  const subflows = new Set(entries.filter(({ type }) => type === 'subflow').map(({ id }) => SUBFLOW + id));
  return entries.filter(({ type }) => !type.startsWith(SUBFLOW) || subflows.has(type));
}

/**
 * Gives Node-RED a node that does nothing for a type it does not have. It starts no flow at all while a type is missing, the product's
 * own flows included; this way only the node itself does not work.
 */
export function registerPlaceholder({ nodes }: NodeRedRuntime, type: string): void {
  nodes.registerType('', type, function (this: FlowNode, definition: NodeDefinition) {
    nodes.createNode(this, definition);
  });
}
