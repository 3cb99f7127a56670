import flows from './default-flows.json' with { type: 'json' };
import type { FlowEntry } from './flow-file.ts';

/** The flows that ship with the product. They are never saved to a home, so that an upgrade brings its own. */
export const shippedFlows: readonly FlowEntry[] = flows;
