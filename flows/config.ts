import { type Static, type TProperties, Type } from '#typebox';
import { CampusError } from '../contract/errors.ts';
import { logConfig, siteConfig } from '../runtime/base-config.ts';
import { checkConfig, readConfigFile } from '../runtime/config-file.ts';
import { checkGatewayUrl, gatewayUrlConfig } from '../runtime/gateway-url.ts';
import { shippedFlows } from './default-flows.ts';
import { parseThresholdNode } from './rules/threshold-settings.ts';

const enabled = Type.Optional(Type.Boolean({ description: 'true or false' }));
const flag = (preset: boolean, description: string) =>
  Type.Boolean({ default: preset, description: `${description}: true or false` });
const number = (description: string) => Type.Optional(Type.Number({ description }));
const seconds = (minimum = 0) =>
  Type.Optional(Type.Number({ minimum, maximum: 86_400, description: `seconds, ${minimum} to 86400` }));

/** The keys of one rule: what is absent is as the rule ships. */
const rule = <P extends TProperties>(properties: P) =>
  Type.Object({ enabled, ...properties }, { additionalProperties: false, default: {} });

const times = { for_seconds: seconds(), clear_for_seconds: seconds() };
const percent = { raise: number('percent, 0 to 100'), clear: number('percent, 0 to 100, at most raise'), ...times };

/** `flows.rules`, by the id of the rule. */
const rules = Type.Object(
  {
    'device-offline': rule({ hold_seconds: seconds(), timeout_seconds: seconds(5) }),
    'disk-nearly-full': rule(percent),
    'memory-pressure': rule(percent),
    'link-saturated': rule(percent),
    'link-errors-rising': rule({
      raise: number('errors a second'),
      clear: number('errors a second, at most raise'),
      ...times,
    }),
    'ipv6-lost': rule(times),
  },
  { additionalProperties: false, default: {} },
);

/** What campus-edge.yaml says to the flows. */
export const flowsConfig = Type.Object({
  site: siteConfig,
  log: logConfig,
  flows: Type.Object(
    {
      gateway: Type.Optional(gatewayUrlConfig),
      rules,
      editor: Type.Object(
        {
          enabled: flag(true, 'whether administrators may make flows of their own, under /flows/'),
          function_nodes: flag(
            false,
            'whether flows may hold function nodes, which run any JavaScript as the flows process',
          ),
          exec_nodes: flag(false, 'whether flows may hold exec nodes, which run any command as the flows process'),
          palette_installs: flag(false, 'whether the editor may install node packages from the npm registry'),
        },
        { additionalProperties: false, default: {} },
      ),
    },
    { additionalProperties: false, default: {} },
  ),
});
export type FlowsConfig = Static<typeof flowsConfig>;
export type EditorConfig = FlowsConfig['flows']['editor'];
export type RuleOverrides = FlowsConfig['flows']['rules'];

/**
 * Reads and checks the flows' part of the configuration.
 * @throws CampusError `config_invalid`, `tls_required`
 */
export function readFlowsConfig(path: string): FlowsConfig {
  const config = checkConfig(path, readConfigFile(path), flowsConfig);
  checkGatewayUrl(path, 'flows.gateway', config.flows.gateway);
  checkFlows(path, config);
  return config;
}

/** What a schema cannot say: with the shipped settings that it does not replace, each rule still makes sense. */
function checkFlows(path: string, { flows }: FlowsConfig): void {
  for (const node of shippedFlows) {
    if (node.type !== 'campus-threshold') continue;
    try {
      parseThresholdNode(node, overrideOf(flows.rules, String(node['rule'])));
    } catch (error) {
      if (!(error instanceof CampusError)) throw error;
      throw new CampusError('config_invalid', `${path}: flows.rules.${node['rule']}.${error.message}`, {
        cause: error,
      });
    }
  }
}

/** What the configuration says in place of a rule's own settings. */
export function overrideOf(overrides: RuleOverrides, ruleId: string): object {
  return Object.hasOwn(overrides, ruleId) ? overrides[ruleId as keyof RuleOverrides] : {};
}
