import type { DeviceState } from '../../contract/state.ts';
import type { Heard } from '../rules/watch.ts';

/** What `campus-in` hears and rules take. */
export type RuleMessage =
  | { channel: 'telemetry'; device: string; payload: Heard }
  | { channel: 'state'; device: string; payload: DeviceState }
  | { channel: 'heard'; device: string; payload: { replayed: boolean } };

type Take = (message: RuleMessage) => void;

/**
 * The inputs of the rule nodes that run, by node. A rule changes no message, so a `campus-in` that is wired to rules alone hands them what it
 * hears as it is: on Node-RED's way each would get a deep copy of its own, which costs ten times what the rule does.
 */
export class RuleInputs {
  readonly #inputs = new Map<string, Take>();

  /** Adds the input of a node; call what is returned when the node is closed. */
  add(node: string, take: Take): () => void {
    this.#inputs.set(node, take);
    return () => {
      if (this.#inputs.get(node) === take) this.#inputs.delete(node);
    };
  }

  /** Hands a message to all of these nodes, if all are rules; false when some are not, and nothing was done. */
  offer(nodes: readonly string[], message: () => RuleMessage | undefined): boolean {
    if (nodes.length === 0) return true;
    if (!nodes.every((node) => this.#inputs.has(node))) return false;
    const heard = message();
    if (heard !== undefined) for (const node of nodes) this.#inputs.get(node)?.(heard);
    return true;
  }
}
