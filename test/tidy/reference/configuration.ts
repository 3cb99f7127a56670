import { agentConfigSchema } from '../../../agent/config.ts';
import { flowsConfig } from '../../../flows/config.ts';
import { shippedFlows } from '../../../flows/default-flows.ts';
import { gatewayConfig } from '../../../gateway/config.ts';
import { markdownTable } from './markdown.ts';

/** What of a JSON Schema (draft 2020-12) the configuration's schemas use. */
interface Schema {
  type?: string;
  const?: unknown;
  enum?: readonly unknown[];
  default?: unknown;
  description?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  patternProperties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
}

/** Every key of campus-edge.yaml with its type, default and meaning. */
export function configurationReference(): string {
  return markdownTable(['key', 'type', 'default', 'meaning'], configurationRows());
}

/** The rows of the keys that begin with `prefix`. */
export function configurationRows(prefix = ''): string[][] {
  const sections: Record<string, Schema> = {
    ...agentConfigSchema.properties,
    ...gatewayConfig.properties,
    ...flowsConfig.properties,
  };
  const rows = Object.entries(sections).flatMap(([key, schema]) => leaves(key, schema));
  return rows.filter(([key = '']) => key.startsWith(`\`${prefix}`));
}

function leaves(path: string, schema: Schema): string[][] {
  const children = Object.entries(schema.properties ?? {});
  if (children.length > 0) return children.flatMap(([key, child]) => leaves(`${path}.${key}`, child));
  const standard = schema.default ?? shippedSetting(path);
  return [
    [
      `\`${path}\``,
      typeOf(schema),
      standard === undefined ? '' : `\`${JSON.stringify(standard)}\``,
      schema.description ?? '',
    ],
  ];
}

/** What a rule does where the configuration says nothing, as the flows that ship have it. */
function shippedSetting(path: string): unknown {
  const [, rule, key = ''] = /^flows\.rules\.([a-z0-9-]+)\.(\w+)$/.exec(path) ?? [];
  if (rule === undefined) return undefined;
  return shippedFlows.find((node) => node['rule'] === rule)?.[key];
}

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(' or ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`;
  return schema.type ?? 'value';
}
