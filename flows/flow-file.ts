import { type Static, Type } from '#typebox';
import { Compile } from '#typebox/compile';
import { parseJson } from './json-file.ts';

/** One entry of a flow file: a tab, a node, a group or a subflow. Its other properties belong to its type. */
export const FlowEntry = Type.Object(
  { id: Type.String(), type: Type.String() },
  { additionalProperties: Type.Unknown() },
);
export type FlowEntry = Static<typeof FlowEntry> & { readonly [property: string]: unknown };

const validator = Compile(Type.Array(FlowEntry));

/** Ids of the product's own entries begin so; everything else is the administrator's. */
const PRODUCT_PREFIX = 'campus-';

/** True for an entry that ships with the product. */
export function isProductEntry({ id }: FlowEntry): boolean {
  return id.startsWith(PRODUCT_PREFIX);
}

/** Parses a flow file (Node-RED's flows.json); undefined when it is none. */
export function parseFlowFile(text: string): FlowEntry[] | undefined {
  const value = parseJson(text);
  return validator.Check(value) ? value : undefined;
}
