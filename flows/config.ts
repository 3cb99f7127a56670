import { type Static, Type } from '#typebox';
import { CampusError } from '../contract/errors.ts';
import { logConfig, siteConfig } from '../runtime/base-config.ts';
import { checkConfig, readConfigFile } from '../runtime/config-file.ts';
import { checkGatewayUrl, gatewayUrlConfig } from '../runtime/gateway-url.ts';
import { shippedFlows } from './default-flows.ts';
import { type RuleOverrides, rulesConfig } from './rule-config.ts';
import { ruleTypes } from './rules/rule-types.ts';

const flag = (preset: boolean, description: string) =>
  Type.Boolean({ default: preset, description: `${description}: true or false` });
/** What campus-edge.yaml says to the flows. */
export const flowsConfig = Type.Object({
  site: siteConfig,
  log: logConfig,
  flows: Type.Object(
    {
      gateway: Type.Optional(gatewayUrlConfig),
      rules: rulesConfig,
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
    try {
      ruleTypes[node.type]?.(node, overrideOf(flows.rules, String(node['rule'])));
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
